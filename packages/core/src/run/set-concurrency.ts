import type { Run } from '../contract/run'
import { OptionError } from '../errors'
import { scopeOf, stageOf } from '../observe/run-stage'
import { declare } from '../options/declare'
import { whole } from '../options/rules'

const CHANGE = /* @__PURE__ */ declare('setConcurrency', () => ({ args: { concurrency: whole() } }))

/**
 * Changes how many calls a stage may have under way at once, while the run goes on: for an operator who sees that more would help, or that the
 * other side has had enough.
 *
 * More: further calls begin at once. Fewer: no call is aborted, and none begins until so few are left; what was read keeps its place while it
 * waits for a permit or its next try. Values, their order and what becomes of them stay as they are.
 *
 * Stages say whether they allow it, in `adjustable` of `run.stats()`: `mapAsync` and its like with a number as their `concurrency`, and
 * `forEach`. What else is held stays bounded as the pipeline says; where it says nothing, as many results are held as calls are allowed. Calls
 * in threads, and a concurrency that adapts by itself, are left alone.
 *
 * @param run a run of Sluice.
 * @param stage the id of a stage, as `run.stats()` tells it.
 * @param concurrency a whole number of at least 1.
 * @returns false where the stage, or the run, has ended: then nothing is changed, as by `run.pause()`.
 * @throws TypeError where `run` is no run; OptionError where there is no such stage, where that does not allow it, and for another number.
 *
 * @example
 * ```ts
 * import { count, mapAsync, range, setConcurrency } from 'sluice'
 *
 * const run = range(1, 20).pipe(mapAsync(async (n) => n, { concurrency: 1, name: 'load' })).to(count()).run()
 * setConcurrency(run, 'load', 8)
 * await run // 20
 * run.stats().stages.find(({ id }) => id === 'load')?.calls?.concurrency // 8
 * ```
 */
export function setConcurrency(run: Run<unknown>, stage: string, concurrency: number): boolean {
  const scope = scopeOf('setConcurrency', run)
  CHANGE.read(undefined, { concurrency })
  const { adjustable, outcome } = stageOf('setConcurrency', scope, stage)
  if (adjustable?.setConcurrency === undefined) {
    const allowed = 'a stage whose concurrency may be changed, such as mapAsync with a number: see adjustable in run.stats()'
    throw new OptionError('setConcurrency', 'stage', stage, allowed)
  }
  if (outcome !== undefined) return false
  adjustable.setConcurrency(concurrency)
  return true
}
