import type { Run } from '../contract/run'
import { OptionError } from '../errors'
import { rateOf } from '../limit/limit-options'
import type { Rate } from '../limit/token-bucket'
import { scopeOf, stageOf } from '../observe/run-stage'

/**
 * Changes the rate of a stage while the run goes on. Stages say whether they allow it, in `adjustable` of `run.stats()`: `throttle` and
 * `rateLimit` with a `rate` of their own. A `Limit` that stages share is changed by its own `setRate`.
 *
 * Tokens that are there stay there, up to the new burst; what waits is let through by the new rate. Where values have a `cost`, the burst of a
 * `throttle` stays at least as large as it was built with: a value that costs more than the burst could never pass.
 *
 * @param run a run of Sluice.
 * @param stage the id of a stage, as `run.stats()` tells it.
 * @param rate tokens per second, a whole number of at least 1; or `count`, `perMs` and `burst`.
 * @returns false where the stage, or the run, has ended: then nothing is changed, as by `run.pause()`.
 * @throws TypeError where `run` is no run; OptionError where there is no such stage, where that does not allow it, and for a wrong rate.
 *
 * @example
 * ```ts
 * import { count, range, setRate, throttle } from 'sluice'
 *
 * const run = range(1, 20).pipe(throttle({ rate: { count: 1, perMs: 60_000 } })).to(count()).run()
 * setRate(run, 'throttle', 10_000)
 * await run // 20
 * ```
 */
export function setRate(run: Run<unknown>, stage: string, rate: Rate | number): boolean {
  const scope = scopeOf('setRate', run)
  const checked = rateOf('setRate', 'rate', rate)
  const { adjustable, outcome } = stageOf('setRate', scope, stage)
  if (adjustable?.setRate === undefined) {
    throw new OptionError('setRate', 'stage', stage, 'a stage with a rate of its own, such as throttle({ rate }): see adjustable in run.stats()')
  }
  if (outcome !== undefined) return false
  adjustable.setRate(checked)
  return true
}
