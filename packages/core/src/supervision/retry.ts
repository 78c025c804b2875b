import { answeredNumber } from '../answered'
import type { Decide } from '../contract/supervision'
import { callable, finiteNumber, oneOf, optionsOf, wholeNumber } from '../options'

/** Options of {@link retry}. */
export interface RetryOptions<A> {
  /** Tries after the first one, 1 or more. */
  readonly times: number
  /** Wait before the first retry, in ms. Default 200; 0: at once. */
  readonly delayMs?: number | undefined
  /** By what the wait grows from retry to retry. Default 2. */
  readonly factor?: number | undefined
  /** The longest wait, in ms. Default 30,000. */
  readonly maxDelayMs?: number | undefined
  /** Part of each wait that is left to chance, 0 to 1, so that many do not come back at once. Default 0.5. */
  readonly jitter?: number | undefined
  /**
   * What an error asks to be waited at least, in ms, 0 or more, as the header Retry-After does; may be more than `maxDelayMs`.
   * Undefined: it asks for nothing. Default: nothing.
   */
  readonly atLeastMs?: ((error: unknown, item: A) => number | undefined) | undefined
  /** Whether an error is worth another try. Default: every error. */
  readonly when?: ((error: unknown, item: A) => boolean) | undefined
  /** What becomes of an item that failed every time: `'fail'` (default), `'skip'`, `deadLetter(...)` or a function. */
  readonly then?: 'fail' | 'skip' | Decide<A> | undefined
}

/**
 * The `onError` policy that tries an item again, after waits that grow.
 *
 * What fails often fails because something else has too much to do, so a retry waits unless it is told not to.
 *
 * The n-th wait is `delayMs * factor^(n-1)`, at most `maxDelayMs`, of which the part `jitter` is random ("equal
 * jitter" where it is 0.5: see the AWS Architecture Blog, "Exponential Backoff And Jitter", 2015); never less than what
 * `atLeastMs` says.
 *
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * mapAsync(load, { concurrency: 8, onError: retry({ times: 3, then: 'skip' }) })
 * ```
 */
export function retry<A = unknown>(options: RetryOptions<A>): Decide<A> {
  const given = optionsOf('retry', options)
  const { delayMs = 200, factor = 2, maxDelayMs = 30_000, jitter = 0.5, atLeastMs, when, then = 'fail' } = given
  const times = wholeNumber('retry', 'times', given.times)
  finiteNumber('retry', 'delayMs', delayMs)
  finiteNumber('retry', 'factor', factor, 1)
  finiteNumber('retry', 'maxDelayMs', maxDelayMs)
  finiteNumber('retry', 'jitter', jitter, 0, 1)
  if (atLeastMs !== undefined) callable('retry', 'atLeastMs', atLeastMs)
  if (when !== undefined) callable('retry', 'when', when)
  if (typeof then !== 'function') oneOf('retry', 'then', then, ['fail', 'skip'])
  return (error, item, attempt, random) => {
    if (attempt <= times && (when === undefined || when(error, item))) {
      // After a thousand tries the factor is Infinity, which makes no number of a wait of 0.
      const longest = delayMs === 0 ? 0 : Math.min(delayMs * factor ** (attempt - 1), maxDelayMs)
      const wait = longest * (1 - jitter * random())
      const asked = atLeastMs?.(error, item) ?? 0
      return { retryAfterMs: Math.max(wait, answeredNumber('retry', 'atLeastMs', asked, 0, Number.MAX_VALUE, { cause: error })) }
    }
    return typeof then === 'function' ? then(error, item, attempt, random) : then
  }
}
