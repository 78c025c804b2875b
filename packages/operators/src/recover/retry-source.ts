import { type Named, type Backoff, type Operator, type Rate } from '@sluice/core'
import { anything, backoffOf, backoffRules, declare, described, flagged, maybeFnAtOnce, whole } from '@sluice/core/authoring'
import { succession } from './succession'
import { spendingOf } from './budget'

const RETRY_SOURCE = /* @__PURE__ */ declare('retrySource', () => ({ options: { times: whole(), ...backoffRules(), when: maybeFnAtOnce, resetOnValue: flagged, budget: anything } }), {})

/** Options of the operator {@link retrySource}: the waits are those of a {@link Backoff}. */
export interface RetrySourceOptions extends Backoff, Named {
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
  /** At most so many tries in a time, however often the count starts again: a token for each. Default: no bound. */
  readonly budget?: Rate | number | undefined
}

/**
 * Reads the source again, from its beginning, after it has failed.
 *
 * - **emits** the values of each try; the source starts from its beginning, so values may come twice
 * - **holds back** when downstream does, and while it waits for the next try
 * - **completes** when a try completes; a graceful stop cuts a wait short
 * - **buffers** nothing
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
  const given = RETRY_SOURCE.read(options)
  const { times, when, resetOnValue, budget } = given
  const waitMs = backoffOf('retrySource', given, resetOnValue ? 200 : 0)
  const spending = spendingOf('retrySource', budget)
  return described(RETRY_SOURCE, given, succession<A, never>(given.name, (upstream, stage) => {
    const { clock, random } = stage.scope
    const spend = spending()
    let attempt = 0
    return ({ failed, error, values }) => {
      if (!failed) return undefined
      if (values > 0 && resetOnValue) attempt = 0
      if (++attempt > times || (when !== undefined && !when(error)) || !spend(clock.now())) return undefined
      return { source: upstream, afterMs: waitMs(attempt, random) }
    }
  }))
}
