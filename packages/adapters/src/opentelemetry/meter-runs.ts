import { metrics, type Attributes, type BatchObservableResult, type Meter, type Observable } from '@opentelemetry/api'
import type { Run } from '@sluice/core'
import { declare, maybeFn, rule, whole } from '@sluice/core/authoring'
import { attributesRule, hasMethod, nameOf, runRule, SCOPE_NAME } from './given'
import { follow } from './follow'
import { makeInstruments } from './instruments'
import { Ledger } from './ledger'
import { Series } from './series'

/** Options of {@link meterRuns}. */
export interface MeterRunsOptions {
  /** Only this run. Default: all runs of the process that begin from now on. */
  readonly run?: Run<unknown> | undefined
  /** Default: a meter of the global provider. */
  readonly meter?: Meter | undefined
  /** Under which name a run is told, for names that are made for each run, such as `'job-4711'`. Default `run.name`. */
  readonly runName?: ((run: Run<unknown>) => string) | undefined
  /** How many runs and stages are told apart by their names; those that come later share one series. Default 1,000. */
  readonly maxSeries?: number | undefined
  /** Told with every figure. Default none. */
  readonly attributes?: Attributes | undefined
  /** The name of the meter, where none is given. Default `'@sluice/adapters/opentelemetry'`. */
  readonly name?: string | undefined
}

const METER_RUNS = /* @__PURE__ */ declare('meterRuns', () => ({
  options: {
    run: runRule(),
    meter: rule<Meter>('a meter of OpenTelemetry', hasMethod('createObservableCounter')).maybe(),
    runName: maybeFn, maxSeries: whole().or(1000),
    attributes: attributesRule(),
  },
}))

/**
 * Tells OpenTelemetry the figures of every stage and joint of all runs, or of one.
 *
 * All instruments are asynchronous: nothing is recorded for a value, and nothing is done at all until somebody collects. Then each run
 * is asked once for its `stats()`. Runs of one name are added up, and what an ended run has counted stays in the sum: no figure is lost
 * between two collections, and a counter never goes down. The names of the metrics are listed in `docs/telemetry.md`.
 *
 * @param options `run`, `meter`, `runName`, `maxSeries` (default 1,000), `attributes`.
 * @returns ends it; no effect from the second call on.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { meterRuns } from '@sluice/adapters/opentelemetry'
 * import { drain, from } from 'sluice'
 *
 * const end = meterRuns() // before the first run
 * await from([1, 2]).to(drain()).run({ name: 'orders' }) // sluice.run.read{sluice.run="orders"} is 2
 * end()
 * ```
 */
export function meterRuns(options: MeterRunsOptions = {}): () => void {
  const { run, meter, runName = nameOf, maxSeries, attributes } = METER_RUNS.read(options)
  const used = meter ?? metrics.getMeter(options.name ?? SCOPE_NAME)
  const ledger = new Ledger(new Series(maxSeries, runName, attributes))
  const instruments = makeInstruments(used)
  const observables: Observable[] = [...instruments.values()]
  const observe = (result: BatchObservableResult): void => {
    for (const { instrument, value, attributes: told } of ledger.collect()) result.observe(instruments.get(instrument) as Observable, value, told)
  }
  used.addBatchObservableCallback(observe, observables)
  const unfollow = follow(run, (each) => {
    ledger.begun(each)
    return () => { ledger.ended(each) }
  })
  return () => {
    unfollow()
    used.removeBatchObservableCallback(observe, observables)
  }
}
