import { type Named, type Backoff, OptionError, type Operator, type Rate } from '@sluice/core'
import { anything, backoffOf, backoffRules, declare, described, flagged } from '@sluice/core/authoring'
import { succession } from './succession'
import { spendingOf } from './budget'

const RESTART = /* @__PURE__ */ declare('restart', () => ({ options: { ...backoffRules(), budget: anything, onComplete: flagged } }), {})

/** Options of {@link restart}: the waits are those of a {@link Backoff}. */
export interface RestartOptions extends Backoff, Named {
  /** Wait before the first restart, in ms, above 0. Default 200. */
  readonly delayMs?: number | undefined
  /** At most so many restarts in a time, a token for each; one more fails with the error that would have caused it. Default: no bound. */
  readonly budget?: Rate | number | undefined
  /** Whether a source that completes is started again too, as a feed is that should never end. Default false. */
  readonly onComplete?: boolean | undefined
}

/**
 * Keeps a source running: starts it again, after a wait that doubles, whenever it has failed.
 *
 * - **emits** the values of each start; the source starts from its beginning, so values may come twice
 * - **holds back** when downstream does, and while it waits
 * - **completes** when the source completes, unless `onComplete`; a graceful stop ends it, and cuts a wait short
 * - **buffers** nothing
 * - **on failure** only when the budget is used up
 * - **on abort** the source is closed
 *
 * The wait starts from `delayMs` again when the source has run for as long as `maxDelayMs`. For a given number of tries see `retrySource`.
 *
 * ```marble
 * in    -1-X    -2-X        -3-
 *       restart({ delayMs: 100, maxDelayMs: 1000 })
 * out   -1-------2-----------3-
 * ```
 *
 * @param options `delayMs` (default 200), `factor` (default 2), `maxDelayMs` (default 30,000), `jitter` (default 0.5), `budget`,
 * `onComplete`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let starts = 0
 * const feed = defer(() => (++starts < 3 ? failing(new Error('lost')) : from(['tick'])))
 * await feed.pipe(restart({ delayMs: 1 })).to(toArray()).run() // ['tick']
 * ```
 */
export function restart<A>(options?: RestartOptions): Operator<A, A> {
  const given = RESTART.read(options)
  const { delayMs, maxDelayMs = 30_000, budget, onComplete } = given
  const waitMs = backoffOf('restart', given)
  // Without a wait a source that fails at once would keep the process busy for ever.
  if (delayMs === 0) throw new OptionError('restart', 'delayMs', delayMs, 'above 0')
  const spending = spendingOf('restart', budget)
  return described(RESTART, given, succession<A, never>(given.name, (upstream, stage) => {
    const { clock, random } = stage.scope
    const spend = spending()
    let startedAt = clock.now()
    let restarts = 0
    return ({ failed }) => {
      if (!failed && !onComplete) return undefined
      const now = clock.now()
      if (!spend(now)) return undefined
      if (now - startedAt >= maxDelayMs) restarts = 0
      const wait = waitMs(++restarts, random)
      startedAt = now + wait
      return { source: upstream, afterMs: wait }
    }
  }))
}
