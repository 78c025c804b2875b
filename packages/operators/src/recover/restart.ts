import { OptionError, type Operator } from '@sluice/core'
import { finiteNumber, flag, optionsOf } from '@sluice/core/authoring'
import { succession } from './succession'
import { checkBudget, spending, type Budget } from './budget'

/** Options of {@link restart}; the names are those of Pekko's RestartSource. */
export interface RestartOptions {
  /** Wait before the first restart, in ms, above 0. */
  readonly minBackoffMs: number
  /** The longest wait, in ms. */
  readonly maxBackoffMs: number
  /** By what part, at random, a wait gets longer: 0 to 1. Default 0.2. */
  readonly randomFactor?: number | undefined
  /** At most so many restarts in so many ms; one more fails with the error that would have caused it. Default: no bound. */
  readonly budget?: Budget | undefined
  /** Whether a source that completes is started again too, as a feed is that should never end. Default false. */
  readonly onComplete?: boolean | undefined
}

/**
 * Keeps a source running: starts it again, after a wait that doubles, whenever it has failed.
 *
 * - **emits** the values of each start; the source starts from its beginning, so values may come twice
 * - **holds back** when downstream does, and while it waits
 * - **completes** when the source completes, unless `onComplete`; a graceful stop ends it, and cuts a wait short
 * - **buffers** nothing; the budget remembers the times of its restarts
 * - **on failure** only when the budget is used up
 * - **on abort** the source is closed
 *
 * The wait starts anew when the source has run for as long as `maxBackoffMs`. For a given number of tries see `retry`.
 *
 * ```marble
 * in    -1-X    -2-X        -3-
 *       restart({ minBackoffMs: 100, maxBackoffMs: 1000 })
 * out   -1-------2-----------3-
 * ```
 *
 * @param options `minBackoffMs`, `maxBackoffMs` (required), `randomFactor`, `budget`, `onComplete`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * let starts = 0
 * const feed = defer(() => (++starts < 3 ? failing(new Error('lost')) : from(['tick'])))
 * await feed.pipe(restart({ minBackoffMs: 1, maxBackoffMs: 10 })).to(toArray()).run() // ['tick']
 * ```
 */
export function restart<A>(options: RestartOptions): Operator<A, A> {
  const { minBackoffMs, maxBackoffMs, randomFactor = 0.2, budget, onComplete = false } = optionsOf('restart', options)
  flag('restart', 'onComplete', onComplete)
  const least = finiteNumber('restart', 'minBackoffMs', minBackoffMs)
  if (least === 0) {
    // Without a wait a source that fails at once would keep the process busy for ever.
    throw new OptionError('restart', 'minBackoffMs', minBackoffMs, 'above 0')
  }
  const longest = finiteNumber('restart', 'maxBackoffMs', maxBackoffMs, least)
  finiteNumber('restart', 'randomFactor', randomFactor, 0, 1)
  if (budget !== undefined) checkBudget('restart', budget)
  return succession<A, never>('restart', (upstream, stage) => {
    const { clock, random } = stage.scope
    const spend = spending(budget)
    let startedAt = clock.now()
    let restarts = 0
    return ({ failed }) => {
      if (!failed && !onComplete) return undefined
      const now = clock.now()
      if (!spend(now)) return undefined
      if (now - startedAt >= longest) restarts = 0
      const wait = Math.min(least * 2 ** restarts++, longest) * (1 + randomFactor * random())
      startedAt = now + wait
      return { source: upstream, afterMs: wait }
    }
  })
}
