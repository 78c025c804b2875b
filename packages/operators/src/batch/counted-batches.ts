import { DONE, PENDING, type Outlet, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { Bunch } from './bunch'
import { pullOrFail } from './reading'

/** Batches of `count` values, handed on after `withinMs` at the latest. */
export function countedBatches<A>(upstream: Outlet<A>, stage: Stage, count: number, withinMs?: number): Puller<A[]> {
  const { scheduler } = stage.scope
  const tracked = upstream.tickets ?? null
  const tickets: Tickets = []
  const bunch = new Bunch<A>(stage)
  const alarm = new Alarm(stage)
  const chunk: A[] = []
  let ended = false

  /** Adds to the batch at hand; answers what upstream did. */
  const collect = (): number => {
    const { values } = bunch
    const limit = Math.min(count - values.length, scheduler.batch)
    let size: number
    if (values.length === 0) {
      // Into an empty batch upstream writes directly: full, it is handed on without a copy.
      size = pullOrFail(upstream, stage, values, limit)
      // Upstream may have left anything behind what it answered.
      if (values.length !== Math.max(size, 0)) values.length = Math.max(size, 0)
    } else {
      size = pullOrFail(upstream, stage, chunk, limit)
      for (let i = 0; i < size; i++) {
        values.push(chunk[i] as A)
        chunk[i] = undefined as A
      }
    }
    if (tracked && size > 0) bunch.addTickets(tracked, size)
    return size
  }
  const flush = (into: A[][], at: number): void => {
    alarm.clear()
    bunch.handOver(into, at, tickets)
  }

  return {
    tickets,
    pull(into, limit) {
      let written = 0
      while (written < limit) {
        if (bunch.size === count || (alarm.rang && bunch.size > 0)) {
          flush(into, written++)
          continue
        }
        const size = ended ? DONE : collect()
        if (size === PENDING) {
          if (withinMs !== undefined && bunch.size > 0) alarm.set(withinMs)
          return written > 0 ? written : PENDING
        }
        if (size === DONE) {
          ended = true
          if (bunch.size > 0) flush(into, written++)
          return written > 0 ? written : DONE
        }
        // A large batch is collected over several turns: 0 asks the kernel for the next one.
        if (bunch.size < count) return written
      }
      return written
    },
    close(outcome) {
      alarm.clear()
      bunch.giveBack(outcome)
    },
  }
}
