import { finiteNumber } from '../options'
import type { Rule } from '../options/rule'
import { ms, number } from '../options/rules'

/**
 * Waits that grow from try to try: the same fields, checks and defaults wherever something is tried again.
 *
 * The n-th wait is `delayMs * factor^(n-1)`, at most `maxDelayMs`, of which the part `jitter` is random ("equal jitter" where
 * that is 0.5: see the AWS Architecture Blog, "Exponential Backoff And Jitter", 2015).
 *
 * @example
 * ```ts
 * import { from, mapAsync, retry, retrySource, toArray, type Backoff } from 'sluice'
 *
 * const gentle: Backoff = { delayMs: 10, maxDelayMs: 5_000 }
 * const call = mapAsync(async (n: number) => n * 2, { concurrency: 4, onError: retry({ times: 3, ...gentle }) })
 * await from([1, 2]).pipe(call, retrySource({ times: 2, ...gentle })).to(toArray()).run() // [2, 4]
 * ```
 */
export interface Backoff {
  /** Wait before the first retry, in ms, 0 or more; 0: at once. Default 200, where nothing else is said. */
  readonly delayMs?: number | undefined
  /** By what the wait grows from retry to retry, 1 or more. Default 2. */
  readonly factor?: number | undefined
  /** The longest wait, in ms. Default 30,000. */
  readonly maxDelayMs?: number | undefined
  /** Part of each wait that is left to chance, 0 to 1, so that many do not come back at once. Default 0.5. */
  readonly jitter?: number | undefined
}

/** The wait before the n-th retry, in ms; n is 1 for the first one. */
export type BackoffWait = (retry: number, random: () => number) => number

/** How the options of a backoff are declared. `backoffOf` fills in the defaults. */
export function backoffRules(): { readonly [K in keyof Backoff]-?: Rule<number, 'maybe'> } {
  return { delayMs: ms().maybe(), factor: number(1).maybe(), maxDelayMs: ms().maybe(), jitter: number(0, 1).maybe() }
}

/**
 * Checks a {@link Backoff} and answers its waits.
 *
 * @param owner who was given it.
 * @param backoff may have other fields, which are left alone.
 * @param defaultDelayMs the `delayMs` where none is given. Default 200.
 * @param place where the fields stand, such as `'retry.'`. Default: at the top.
 * @throws OptionError where a figure is wrong.
 *
 * @example
 * ```ts
 * import { backoffOf } from '@sluice/core/authoring'
 *
 * const waitMs = backoffOf('mine', { delayMs: 100, jitter: 0 })
 * waitMs(3, Math.random) // 400
 * ```
 */
export function backoffOf(owner: string, backoff: Backoff, defaultDelayMs = 200, place = ''): BackoffWait {
  const { delayMs = defaultDelayMs, factor = 2, maxDelayMs = 30_000, jitter = 0.5 } = backoff
  finiteNumber(owner, `${place}delayMs`, delayMs)
  finiteNumber(owner, `${place}factor`, factor, 1)
  finiteNumber(owner, `${place}maxDelayMs`, maxDelayMs)
  finiteNumber(owner, `${place}jitter`, jitter, 0, 1)
  return (retry, random) => {
    // After a thousand tries the factor is Infinity, which makes no number of a wait of 0.
    const longest = delayMs === 0 ? 0 : Math.min(delayMs * factor ** (retry - 1), maxDelayMs)
    return longest * (1 - jitter * random())
  }
}
