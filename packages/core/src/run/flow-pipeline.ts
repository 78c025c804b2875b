import type { Pipeline, Run, RunOptions } from '../contract/run'
import type { Sink } from '../contract/sink'
import type { Openable } from '../contract/source'
import { PIPELINE } from '../copies/brand'
import { PROTOCOL } from '../copies/protocol'
import { Running } from './running'

/** A source with its sink, as `to` joins them: run by itself, or driven inside a stage of another run. */
export class FlowPipeline<T, R> implements Pipeline<R> {
  readonly source: Openable<T>
  readonly sink: Sink<T, R>

  get [PIPELINE](): number {
    return PROTOCOL
  }

  constructor(source: Openable<T>, sink: Sink<T, R>) {
    this.source = source
    this.sink = sink
  }

  /** A property, so that it may be handed about by itself. */
  readonly run = (options?: RunOptions): Run<R> => new Running<T, R>(this.source, this.sink, options)
}
