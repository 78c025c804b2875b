import { type OnError } from '@sluice/core'
import { DONE, PENDING, type Outlet, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { OpenBatch } from './open-batch'
import { Guarded } from './guarded'

interface WeightedBatchOptions<A> {
  readonly count: number
  readonly withinMs: number | undefined
  readonly maxWeight: number
  readonly weigh: (value: A) => number
  readonly onError: OnError<A> | undefined
}

/** Batches bounded by weight too. The value that did not fit is held back for the next one: one value is read ahead. */
export function weightedBatches<A>(upstream: Outlet<A>, stage: Stage, options: WeightedBatchOptions<A>): Puller<A[]> {
  const { count, withinMs, maxWeight, weigh, onError } = options
  const tickets: Tickets = []
  const values = new Guarded<A, number>(upstream, stage, weigh, onError)
  const collected = new OpenBatch<A>(stage)
  const alarm = new Alarm(stage)

  const isFull = (): boolean => collected.size === count || collected.weight >= maxWeight || alarm.rang
  const fits = (weight: number): boolean => collected.size === 0 || collected.weight + weight <= maxWeight

  return {
    tickets,
    pull(into, limit) {
      let written = 0
      // A large batch is collected over several turns.
      for (let turns = stage.scope.scheduler.batch; written < limit && turns > 0; turns--) {
        const found = isFull() ? 1 : values.peek()
        if (found === 0) continue
        if (found === PENDING) {
          if (withinMs !== undefined && collected.size > 0) alarm.set(withinMs)
          return written > 0 ? written : PENDING
        }
        if (found === 1 && !isFull() && fits(values.result as number)) {
          const { ticket, result } = values
          collected.add(values.take(), ticket, result)
        } else if (collected.size > 0) {
          alarm.clear()
          collected.handOver(into, written++, tickets)
        } else {
          return written > 0 ? written : DONE
        }
      }
      return written
    },
    close(outcome) {
      alarm.clear()
      collected.giveBack(outcome)
      values.close(outcome)
    },
  }
}
