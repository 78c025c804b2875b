import type { Intake, Sink } from '../contract/sink'
import type { Stage } from '../contract/stage'
import type { OnError, StageOptions } from '../contract/supervision'
import type { Tickets } from '../contract/ticket'
import { foldLoops, type Fold } from '../engine/loops'
import { sink } from '../kit/sink'
import { EachIntake } from './each-intake'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { decision, fn } from '../options/rules'

const REDUCE = /* @__PURE__ */ declare('reduce', () => ({ args: { combine: fn }, options: { onError: decision } }), {})

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
  const given = REDUCE.read(options, { combine })
  const { name, onError = 'fail' } = given
  return tell(sink<T, R>(name, (stage) => new Folding<T, R>(combine, seed, stage, onError)), REDUCE, given)
}

class Folding<T, R> implements Intake<T, R> {
  readonly settles = true
  /** Where the loop has stopped. */
  at = 0
  readonly #fold: Fold
  readonly #combine: (result: unknown, value: unknown) => unknown
  readonly #stage: Stage
  /** Supervised items go one by one. */
  readonly #each: EachIntake<T> | undefined
  #result: R

  constructor(combine: (result: R, value: T) => R, seed: R, stage: Stage, onError: OnError<T>) {
    this.#fold = foldLoops.of(combine)
    this.#combine = combine as (result: unknown, value: unknown) => unknown
    this.#stage = stage
    this.#result = seed
    if (onError !== 'fail') this.#each = new EachIntake<T>((value) => { this.#result = combine(this.#result, value) }, stage, 1, onError)
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): void | PromiseLike<void> {
    if (this.#each) return this.#each.write(values, count, tickets)
    try {
      this.#result = this.#fold(values, count, this.#combine, this.#result, this) as R
    } catch (error) {
      const { at } = this
      this.#stage.item = values[at]
      this.#settle(at, tickets)
      this.#stage.giveUp(tickets?.[at], error)
      throw error
    }
    this.#settle(count, tickets)
  }

  end(): R {
    return this.#result
  }

  #settle(count: number, tickets: Tickets | null): void {
    if (tickets === null) this.#stage.settleCount(count, 'delivered')
    else for (let i = 0; i < count; i++) this.#stage.settle(tickets[i], 'delivered')
  }
}
