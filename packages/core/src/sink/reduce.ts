import type { Sink } from '../contract/sink'
import type { StageOptions } from '../contract/supervision'
import { checkOnError } from '../engine/supervisor'
import { sink } from '../kit/sink'
import { callable, optionsOf } from '../options'
import { EachIntake } from './each-intake'

/**
 * Folds all values into one.
 *
 * A failing item leaves the result as it was before it: with `onError: 'skip'` it counts as not there.
 *
 * @param combine answers the new result from the result so far and a value.
 * @param seed the result before the first value. An object is shared by the runs: answer a new one in `combine`.
 * @param options `name`, `onError`.
 *
 * @example
 * ```ts
 * await range(1, 4).to(reduce((sum, n) => sum + n, 0)).run() // 10
 * ```
 */
export function reduce<T, R>(combine: (result: R, value: T) => R, seed: R, options: StageOptions<T> = {}): Sink<T, R> {
  callable('reduce', 'combine', combine)
  const { name = 'reduce', onError = 'fail' } = optionsOf('reduce', options)
  checkOnError('reduce', onError)
  return sink<T, R>(name, (stage) => {
    let result = seed
    const each = new EachIntake<T>((value) => { result = combine(result, value) }, stage, 1, onError)
    return {
      settles: true,
      write(values, count, tickets) {
        // Supervised items go one by one; else this loop is the whole sink, and ten times faster.
        if (onError !== 'fail') return each.write(values, count, tickets)
        let i = 0
        // A local variable: a captured one would put every intermediate sum beyond 2^31 on the heap.
        let sum = result
        const settled = (done: number): void => {
          if (tickets === null) stage.settleCount(done, 'delivered')
          else for (let at = 0; at < done; at++) stage.settle(tickets[at], 'delivered')
        }
        try {
          for (; i < count; i++) sum = combine(sum, values[i] as T)
        } catch (error) {
          stage.item = values[i]
          settled(i)
          stage.giveUp(tickets?.[i], error)
          throw error
        }
        result = sum
        settled(count)
      },
      end: () => result,
    }
  })
}
