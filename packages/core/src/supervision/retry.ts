import { answeredNumber } from '../answered'
import type { Decide, OnError } from '../contract/supervision'
import type { LimitLike } from '../limit/limit'
import type { About, Told } from '../options/about'
import { declare } from '../options/declare'
import { maybeFn, maybeFnAtOnce, rule, whole } from '../options/rules'
import { backoffOf, backoffRules, type Backoff } from './backoff'

const RETRY = /* @__PURE__ */ declare('retry', () => ({
  options: {
    times: whole(), ...backoffRules(), atLeastMs: maybeFn, when: maybeFnAtOnce,
    limit: rule<LimitLike>('a Limit', (value) => typeof (value as Partial<LimitLike> | null)?.acquire === 'function').maybe(), key: maybeFnAtOnce,
    then: rule<OnError<never>>("one of 'fail', 'skip', 'restart', 'nack'", (value) => ['fail', 'skip', 'restart', 'nack'].includes(value as string) || typeof value === 'function').or('fail' as const),
  },
}))

/** Options of {@link retry}. */
export interface RetryOptions<A> extends Backoff {
  /** Tries after the first one, 1 or more. */
  readonly times: number
  /**
   * What an error asks to be waited at least, in ms, 0 or more, as the header Retry-After does; may be more than `maxDelayMs`.
   * Undefined: it asks for nothing. Default: nothing.
   */
  readonly atLeastMs?: ((error: unknown, item: A) => number | undefined) | undefined
  /** Whether an error is worth another try. Default: every error. */
  readonly when?: ((error: unknown, item: A) => boolean) | undefined
  /**
   * The limit that the first tries have passed, such as that of `throttle({ limit })`: after its wait each further try waits for its turn
   * there and takes a token, so that tries and retries together keep the rate. Nothing else is held while the try runs: where the limit
   * is one of concurrency, run the call itself under it, with `limit.run`. Default: none.
   */
  readonly limit?: LimitLike | undefined
  /** Whose figures of `limit` count. Default: those of nobody. */
  readonly key?: ((item: A) => unknown) | undefined
  /** What becomes of an item that failed every time: `'fail'` (default), `'skip'`, `'restart'`, `'nack'`, `deadLetter(...)` or a function. */
  readonly then?: OnError<A> | undefined
}

/**
 * The `onError` policy that tries an item again, after waits that grow.
 *
 * What fails often fails because something else has too much to do, so a retry waits unless it is told not to: as {@link Backoff}
 * says, and never less than `atLeastMs` does.
 *
 * @param options `times` (required), `delayMs` (default 200), `factor` (default 2), `maxDelayMs` (default 30,000), `jitter`
 * (default 0.5), `atLeastMs`, `when`, `limit`, `key`, `then` (default `'fail'`).
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { from, Limit, mapAsync, retry, throttle, toArray } from 'sluice'
 *
 * const limit = new Limit({ rate: { count: 100, perMs: 1_000 } })
 * const load = mapAsync(async (n: number) => n * 2, { concurrency: 8, onError: retry({ times: 3, limit, then: 'skip' }) })
 * await from([1, 2]).pipe(throttle({ limit }), load).to(toArray()).run() // [2, 4]
 * ```
 */
export function retry<A = unknown>(options: RetryOptions<A>): Decide<A> {
  const given = RETRY.read(options)
  const { times, atLeastMs, when, limit, key, then } = given
  const waitMs = backoffOf('retry', given)
  const decide: Decide<A> = (error, item, attempt, random) => {
    if (attempt <= times && (when === undefined || when(error, item))) {
      const wait = waitMs(attempt, random)
      const asked = atLeastMs?.(error, item) ?? 0
      const retryAfterMs = Math.max(wait, answeredNumber('retry', 'atLeastMs', asked, 0, Number.MAX_VALUE, { cause: error }))
      if (limit === undefined) return { retryAfterMs }
      const asking = { key: key?.(item) }
      return { retryAfterMs, pass: async (signal) => { (await limit.acquire({ ...asking, signal })).release() } }
    }
    return typeof then === 'function' ? then(error, item, attempt, random) : then
  }
  // So that a pipeline can be judged before it runs: see `explain`.
  const told: Told = { about: { name: 'retry', declaration: RETRY as unknown as About['declaration'], given } }
  return Object.assign(decide, told)
}
