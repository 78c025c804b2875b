import { DONE, operator, type Operator } from '@sluice/core'
import type { Entry, Range } from './entry'
import type { JoinEvent, Part, Position } from './position'

/** Rows that are looked at in one pull before others get their turn, where they make no events. */
const TURN = 256

/**
 * Joins networks with countries by overlap, in one sweep over both, merged by start: neither is ever in memory.
 *
 * ```text
 *   networks   |---- a ----|      |-- b --|
 *   countries     |-- x --|-- y ---|          a: x, y   b: y
 * ```
 *
 * - **emits** an event for each network, when a row behind its end has come, and for each row that is malformed
 * - **holds back** when downstream does
 * - **completes** with a `finished` event when both files have ended, or `limit` networks are done. When the run is
 *   stopped it ends without: what comes after a stop lacks rows of the file that was left first, so none of it counts
 * - **buffers** the network at hand with its parts
 *
 * @param from where to begin.
 * @param limit networks rows to deal with; beyond those there are, all.
 */
export function sweep(from: Position, limit: number): Operator<Entry, JoinEvent> {
  return operator<Entry, JoinEvent>('sweep', (upstream, stage) => {
    const state = new Sweep(from)
    const entries: Entry[] = []
    return {
      pull(into, demand) {
        let count = 0
        for (let turns = TURN; count < demand && turns > 0; turns--) {
          if (state.position.finished || stage.scope.stopping) return count > 0 ? count : DONE
          const read = state.position.networks.rows >= limit && !state.position.network ? DONE : upstream.pull(entries, 1)
          if (read === DONE && (stage.scope.stopping as boolean)) return count > 0 ? count : DONE
          if (read !== DONE && read < 1) return count > 0 ? count : read
          const event = read === DONE ? state.end() : state.take(entries[0] as Entry)
          if (event) into[count++] = event
        }
        return count
      },
    }
  })
}

/** The sweep itself: a position, and what each row makes of it. */
export class Sweep {
  position: Position

  constructor(from: Position) {
    this.position = from
  }

  take(entry: Entry): JoinEvent | undefined {
    const { row, range, reason } = entry
    const before = this.position
    const { rows, malformed, last } = before[row.file]
    const file = { rows: rows + 1, malformed: malformed + (range ? 0 : 1), last: range?.end ?? last }
    if (!range) {
      this.position = { ...before, [row.file]: file, events: before.events + 1 }
      return { kind: 'malformed', row, reason: reason as string, at: this.position }
    }
    const done = before.network !== undefined && range.start > before.network.end
    const network = row.file === 'networks' ? range : done ? undefined : before.network
    const country = row.file === 'countries' ? range : before.country
    const part = network && country && overlap(network, country)
    const parts = row.file === 'networks' || done ? [] : before.parts
    this.position = {
      ...before, [row.file]: file, network, country, parts: part ? [...parts, part] : parts, events: before.events + (done ? 1 : 0),
    }
    return done ? this.#joined(before) : undefined
  }

  /** There are no more rows: the network at hand is done, then all of it. */
  end(): JoinEvent {
    const before = this.position
    const done = before.network !== undefined
    this.position = { ...before, network: undefined, parts: [], events: before.events + 1, finished: !done }
    return done ? this.#joined(before) : { kind: 'finished', at: this.position }
  }

  #joined({ network, parts }: Position): JoinEvent {
    const at = this.position
    if (parts.length > 0) return { kind: 'resolved', network: network as Range, parts, at }
    return { kind: 'unresolved', row: (network as Range).row, reason: 'no country is known for any of its addresses', at }
  }
}

function overlap(network: Range, country: Range): Part | undefined {
  const start = Math.max(network.start, country.start)
  const end = Math.min(network.end, country.end)
  return start <= end ? { start, end, country: country.row.fields[2] as string } : undefined
}
