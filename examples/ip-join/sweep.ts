import type { Operator } from 'sluice'
import { DONE, operator } from '@sluice/core/authoring'
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

/** The sweep itself: what is known so far, and what each row makes of it. */
export class Sweep {
  #at: Position

  constructor(from: Position) {
    this.#at = from
  }

  get position(): Position {
    return this.#at
  }

  take({ row, range, reason }: Entry): JoinEvent | undefined {
    const before = this.#at
    const { networks, countries, network, parts, country } = before
    const isNetwork = row.file === 'networks'
    const { malformed, last } = before[row.file]
    const file = { rows: row.line, malformed: range ? malformed : malformed + 1, last: range ? range.end : last }
    const at = {
      events: before.events, networks: isNetwork ? file : networks, countries: isNetwork ? countries : file,
      network, parts, country, finished: false,
    }
    this.#at = at
    if (!range) {
      at.events++
      return { kind: 'malformed', row, reason, at }
    }
    const done = network !== undefined && range.start > network.end
    if (isNetwork) at.network = range
    else at.country = range
    if (done && !isNetwork) at.network = undefined
    if (done) at.parts = []
    const part = at.network && at.country && overlap(at.network, at.country)
    if (part) at.parts = [...at.parts, part]
    if (!done) return undefined
    at.events++
    return joined(network, parts, at)
  }

  /** There are no more rows: the network at hand is done, then all of it. */
  end(): JoinEvent {
    const { network, parts, events, ...rest } = this.#at
    const at = { ...rest, network: undefined, parts: [], events: events + 1, finished: network === undefined }
    this.#at = at
    return network ? joined(network, parts, at) : { kind: 'finished', at }
  }
}

function joined(network: Range, parts: readonly Part[], at: Position): JoinEvent {
  return parts.length > 0 ? { kind: 'resolved', network, parts, at } : { kind: 'unresolved', network, at }
}

function overlap(network: Range, country: Range): Part | undefined {
  const start = Math.max(network.start, country.start)
  const end = Math.min(network.end, country.end)
  return start <= end ? { start, end, country: country.fact } : undefined
}
