import type { RunStats } from '../../contract/stats'
import { OptionError } from '../../errors'
import { capsOf, type Bounds, type Cap } from './caps'
import { checkStats } from './check-stats'
import { windowOf } from './window'

/** What `whatIf` answers: plain JSON. */
export interface WhatIf {
  /** Values of the sources a second in the window. */
  readonly now: number
  /** What can be expected with the changes, if what is called keeps its pace. */
  readonly rate: number
  /** What holds the run back then; null where nothing that is known does. */
  readonly limit: Cap | null
  /** What would be next. */
  readonly next: Cap | null
}

/**
 * Predicts the rate of a run from what one value costs at each place: by operational bounds, without running anything.
 *
 * @param now `run.stats()`.
 * @param before earlier figures of the same run; undefined for the time since its begin.
 * @param concurrency other bounds for the calls of stages, by the ids of the stages.
 * @throws TypeError where one of the first two is something else.
 * @throws OptionError for a bound that is no whole number of at least 1, or a stage that makes no calls.
 *
 * @example
 * ```ts
 * import { count, mapAsync, range, whatIf } from 'sluice'
 *
 * const run = range(1, 100).pipe(mapAsync(async (n) => n, { concurrency: 4, name: 'enrich' })).to(count()).run()
 * await run
 * whatIf(run.stats(), undefined, { enrich: 8 }).rate // values a second that can be expected
 * ```
 */
export function whatIf(now: RunStats, before?: RunStats, concurrency: Bounds = {}): WhatIf {
  for (const given of [now, before ?? now]) checkStats('whatIf', given)
  const window = windowOf(now, before)
  for (const [id, bound] of Object.entries(concurrency)) {
    if (!Number.isSafeInteger(bound) || bound < 1) throw new OptionError('whatIf', `concurrency.${id}`, bound, 'a whole number of at least 1')
    if (!window.byId.get(id)?.calls) throw new OptionError('whatIf', `concurrency.${id}`, bound, 'left out: there is no stage of this id that makes calls')
  }
  const given = (window.read / window.ms) * 1000
  const [limit, next] = capsOf(window, concurrency)
  // What a cap says beyond four times the measured rate is no measurement any more.
  return { now: given, rate: Math.min(limit?.rate ?? given, given * MOST), limit: limit ?? null, next: next ?? null }
}

/** Nobody should be promised more than so many times what was measured. */
export const MOST = 4
