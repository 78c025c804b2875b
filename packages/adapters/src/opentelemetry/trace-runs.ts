import { type Attributes, type Context, context, propagation, trace, type Tracer } from '@opentelemetry/api'
import type { Run } from '@sluice/core'
import { carryContext, declare, maybeFn, onRunEnd, rule } from '@sluice/core/authoring'
import { injectTrace } from './within-trace'
import { attributesRule, hasMethod, nameOf, runRule, SCOPE_NAME } from './given'
import { checkItems, itemsRule, type ItemSpanOptions } from './item-options'
import { traceItems } from './item-span'
import { itemsIn, RunItems, withItems } from './run-items'
import { endRunSpan, runAttributes, type TellItem } from './run-span'

/** Options of {@link traceRuns}. */
export interface TraceRunsOptions {
  /** Only this run, which has begun. Default: all runs of the process that begin from now on. */
  readonly run?: Run<unknown> | undefined
  /** Default: a tracer of the global provider. */
  readonly tracer?: Tracer | undefined
  /** Under which name a run is told, for names that are made for each run, such as `'job-4711'`. Default `run.name`. */
  readonly runName?: ((run: Run<unknown>) => string) | undefined
  /** How the item on which a run has failed is told. Default: not at all. */
  readonly tellItem?: TellItem | undefined
  /** Told with every span. Default none. */
  readonly attributes?: Attributes | undefined
  /**
   * A span for each call of a function of a stage as well: `true`, or which and how many. With `run`, no effect: its stages are open already.
   * Default false: no spans of items, which then cost nothing.
   */
  readonly items?: ItemSpanOptions | boolean | undefined
  /** The name of the tracer, where none is given. Default `'@sluice/adapters/opentelemetry'`. */
  readonly name?: string | undefined
}

const TRACE_RUNS = /* @__PURE__ */ declare('traceRuns', () => ({
  options: {
    run: runRule(),
    tracer: rule<Tracer>('a tracer of OpenTelemetry', hasMethod('startSpan')).maybe(),
    runName: maybeFn, tellItem: maybeFn, attributes: attributesRule(), items: itemsRule(),
  },
}))

/**
 * A span for each run, from its beginning to its end, as a child of whatever was active where `run()` was called.
 *
 * The span is the active one in the functions of the run's stages, whichever run or promise has woken the scheduler, and also behind an
 * `await`: what they trace, and what the instrumentation of an HTTP client or a database traces for them, are its children. For this
 * OpenTelemetry needs a context manager, as its SDK for Node installs one.
 *
 * A run that fails has the error in its span, with the stage, its position and the attempt; never the item, unless `tellItem` says how.
 *
 * **Spans of items**, with `items`: each call of a function by `mapAsync` and its like, by `mapWorkers` or by `forEach`, has a span `item <stage>`, a try
 * being a call; behind `batch` an item is a batch. Its parent is what is active there: the span of the run, or, for a value that was put into a queue
 * while something was traced, that trace, with a link to the run. It has the name of the stage, its site and the attempt, and the error
 * of a call that failed. At most `items.perSecond` (100) of a run begin in a second; how many calls had none is told in the span of the run.
 *
 * @param options `run`, `tracer`, `runName`, `tellItem`, `attributes`, `items` (`true`, or `{ sample, perSecond, stages }`; default false).
 * @returns ends it for runs that begin later; no effect from the second call on.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * import { traceRuns } from '@sluice/adapters/opentelemetry'
 * import { drain, from } from 'sluice'
 *
 * const end = traceRuns() // before the first run
 * await from([1, 2]).to(drain()).run({ name: 'orders' }) // a span named "run orders"
 * end()
 * ```
 */
export function traceRuns(options: TraceRunsOptions = {}): () => void {
  const { run: only, tracer, runName = nameOf, tellItem, attributes, items: asked } = TRACE_RUNS.read(options)
  const items = checkItems('traceRuns', asked)
  const used = tracer ?? trace.getTracer(options.name ?? SCOPE_NAME)
  const begin = (run: Run<unknown>): Context => {
    const name = runName(run)
    const span = used.startSpan(`run ${name}`, { attributes: runAttributes(name, attributes) })
    const ofRun = items && only === undefined ? new RunItems(span, items) : undefined
    onRunEnd(run, () => {
      ofRun?.close()
      endRunSpan(span, run, tellItem)
    })
    return withItems(trace.setSpan(context.active(), span), ofRun)
  }
  if (only !== undefined) {
    begin(only)
    return () => {}
  }
  const endItems = items && traceItems({ tracer: used, options: items, tellItem, attributes })
  const endRuns = carryContext({
    ofRun: (run) => within(run === undefined ? context.active() : begin(run)),
    inject: injectTrace,
    ofValue: () => {
      const active = context.active()
      // Where nothing is traced at the put, the functions go on to see the span of their run.
      if (trace.getSpan(active) === undefined && propagation.getBaggage(active) === undefined) return undefined
      // The trace is that of whoever puts; the items are those of the run that reads.
      return items ? (work) => { context.with(withItems(active, itemsIn(context.active())), work) } : within(active)
    },
  })
  return () => {
    endRuns()
    endItems?.()
  }
}

function within(active: Context): (work: () => void) => void {
  return (work) => { context.with(active, work) }
}
