import type { Pipeline, Run, RunOptions } from '../contract/run'
import type { Sink } from '../contract/sink'
import type { Openable } from '../contract/source'
import { PIPELINE } from '../copies/brand'
import { PROTOCOL } from '../copies/protocol'
import { watchForWarnings } from '../observe/warnings/watch'
import { systemClock } from '../time/clock'
import { refusalOf } from './forestall'
import { Running } from './running'
import type { Told } from '../options/about'
import type { Site } from '../site/site'
import { isRehearsing, runHasBegun } from './watch-runs'

/** A source with its sink, as `to` joins them: run by itself, or driven inside a stage of another run. */
export class FlowPipeline<T, R> implements Pipeline<R> {
  readonly source: Openable<T>
  readonly sink: Sink<T, R>
  /** Where it was put together, for a sink that has no place. */
  readonly #site: Site | null | undefined

  get [PIPELINE](): number {
    return PROTOCOL
  }

  constructor(source: Openable<T>, sink: Sink<T, R>, site: Site | null | undefined) {
    this.source = source
    this.sink = sink
    this.#site = site
  }

  /** What is known of the sink. */
  get told(): Told {
    const { about, site = this.#site }: Told = this.sink as Told
    return { about, site }
  }

  /** A property, so that it may be handed about by itself. */
  readonly run = (options?: RunOptions): Run<R> => {
    const refusal = refusalOf(this)
    // A run whose signal was aborted before it began opens nothing.
    if (refusal !== undefined) return new Running<T, R>(this, { ...options, signal: AbortSignal.abort(refusal) })
    const run = new Running<T, R>(this, options)
    if (!isRehearsing()) watchForWarnings(run, options?.onWarning, options?.clock === undefined || options.clock === systemClock)
    runHasBegun(run)
    return run
  }
}
