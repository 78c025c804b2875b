import { retry as backoff, type Operator, type RetryOptions } from '@sluice/core'
import { callable, flag, optionsOf } from '@sluice/core/authoring'
import { inNameOf } from './in-name-of'
import { succession } from './succession'
import { checkBudget, spending, type Budget } from './budget'

/** Options of the operator {@link retrySource}: waits as those of core's `retry(...)` for `onError`. */
export interface RetrySourceOptions extends Pick<RetryOptions<undefined>, 'factor' | 'maxDelayMs' | 'jitter'> {
  /** Tries after the first one, 1 or more: of the whole source, or in a row where `resetOnValue` is true. */
  readonly times: number
  /** Whether an error is worth another try. Default: every error. */
  readonly when?: ((error: unknown) => boolean) | undefined
  /** Wait before the first retry, in ms. Default 0, at once; 200 where `resetOnValue` is true, because then it may never end. */
  readonly delayMs?: number | undefined
  /**
   * Whether the count of tries, and with it the wait, starts again after a value. Default false. True for a source that
   * goes on where it was, such as a feed: one that starts from its beginning and fails behind its first value is then read
   * again for ever.
   */
  readonly resetOnValue?: boolean | undefined
  /** At most so many tries in so many ms, however often the count starts anew. Default: none. */
  readonly budget?: Budget | undefined
}

/**
 * Reads the source anew after it has failed.
 *
 * - **emits** the values of each try; the source starts from its beginning, so values may come twice
 * - **holds back** when downstream does, and while it waits for the next try
 * - **completes** when a try completes; a graceful stop cuts a wait short
 * - **buffers** nothing; the budget remembers the times of its tries
 * - **on failure** with the last error when the tries, or the budget, are used up
 * - **on abort** the try that is under way is closed
 *
 * To retry one item and not the source, see `retryItem` and `onError: retry(...)` of core.
 *
 * ```marble
 * in    -1-X      -1-2-|
 *       retrySource({ times: 3, delayMs: 100 })
 * out   -1---------1-2-|
 * ```
 *
 * @param options `times` (required), `delayMs`, `factor`, `maxDelayMs`, `jitter`, `when`, `resetOnValue`, `budget`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let tries = 0
 * const flaky = defer(() => (++tries < 3 ? failing(new Error('busy')) : from([1, 2])))
 * await flaky.pipe(retrySource({ times: 5 })).to(toArray()).run() // [1, 2]
 * ```
 */
export function retrySource<A>(options: RetrySourceOptions): Operator<A, A> {
  const { when, resetOnValue = false, budget, ...waits } = optionsOf('retrySource', options)
  if (when !== undefined) callable('retrySource', 'when', when)
  flag('retrySource', 'resetOnValue', resetOnValue)
  const decide = inNameOf('retrySource', () => backoff<undefined>({
    ...waits, times: waits.times as number, delayMs: waits.delayMs ?? (resetOnValue ? 200 : 0), when: when && ((error) => when(error)),
  }))
  if (budget !== undefined) checkBudget('retrySource', budget)
  return succession<A, never>('retrySource', (upstream, stage) => {
    const { clock, random } = stage.scope
    const spend = spending(budget)
    let attempt = 0
    return ({ failed, error, values }) => {
      if (!failed) return undefined
      if (values > 0 && resetOnValue) attempt = 0
      const decision = decide(error, undefined, ++attempt, random)
      if (typeof decision !== 'object' || !('retryAfterMs' in decision) || !spend(clock.now())) return undefined
      return { source: upstream, afterMs: decision.retryAfterMs }
    }
  })
}
