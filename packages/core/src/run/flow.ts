import { coded } from '../foreign/coded'
import type { Outlet, Wake } from '../contract/outlet'
import type { Pipe } from '../contract/pipe'
import type { Pipeline } from '../contract/run'
import type { Scope } from '../contract/scope'
import type { Sink } from '../contract/sink'
import type { Puller } from '../contract/puller'
import type { Openable, Operator, Source } from '../contract/source'
import { ProtocolError } from '../errors'
import { checkDepth } from '../engine/depth'
import { SOURCE, speaks } from '../copies/brand'
import { PROTOCOL } from '../copies/protocol'
import { isScope, type RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'
import { FlowPipeline } from './flow-pipeline'
import { isSource, noOperator, noSink, noSource } from './misplaced'
import type { About, Told } from '../options/about'
import { siteAbove } from '../site/capture'
import type { Site } from '../site/site'
import { SourceIterator } from './source-iterator'

/** How a source opens in a run of ours. */
export type Open<T> = (scope: RunScope, wake: Wake, told: Told) => Outlet<T>

/** An operator behind its upstream, as a description. */
export interface Link {
  readonly upstream: Openable<unknown>
  readonly name: string
  /** Pulled as one with the steps before it. */
  readonly isStep: boolean
  /** Makes the running half. */
  readonly start: (stage: RunningStage<unknown>, outlet: Outlet<unknown>) => Puller<unknown>
}

/** Whether the kit made a source, of this copy or of another one. */
export function isFlow(source: unknown): source is Flow<unknown> {
  return typeof source === 'object' && source !== null && speaks((source as { readonly [SOURCE]?: number })[SOURCE])
}

/** How many stages stand behind one another in a source. */
export function depthOf(source: Openable<unknown>): number {
  return isFlow(source) ? source.depth : 1
}

/** A source made by the kit: a description, so it holds nothing but how it is opened. */
export class Flow<T> implements Source<T>, Told {
  readonly #open: Open<T>
  /** How many stages stand behind one another in it. */
  readonly depth: number
  /** How it follows from the source before it, where it does. */
  readonly link: Link | undefined

  /** What is known of it before it runs; what follows from a link says it there. */
  about: About | undefined
  site: Site | null | undefined

  get [SOURCE](): number {
    return PROTOCOL
  }

  /** @throws PipelineDepthError where it is too deep. */
  constructor(open: Open<T>, depth = 1, link?: Link, about?: About) {
    this.#open = open
    this.depth = checkDepth(depth)
    this.link = link
    this.about = about
    this.site = undefined
  }

  open(scope: Scope, wake: Wake): Outlet<T> {
    if (!isScope(scope)) throw new ProtocolError('open: the scope must be the one a run, or testScope() of @sluice/testing, gave')
    // Inside another one it may be too deep, too; the sink of the run does not count.
    checkDepth(scope.depth - 1 + this.depth)
    return this.#open(scope, wake, this)
  }

  // The overloads of Pipe say how the types follow from each other; at run time it is one loop.
  readonly pipe = ((...operators: Operator<unknown, unknown>[]): Source<unknown> => {
    let site: Site | null | undefined
    const place = (stage: Told): void => { if (stage.site === undefined) stage.site = site ??= siteAbove(this.pipe, 0) }
    place(this)
    return operators.reduce<Source<unknown>>((source, operator, index) => {
      if (typeof operator !== 'function') throw coded('SLUICE_ARGUMENT', new TypeError(`pipe: argument ${index + 1} ${noOperator(operator)}`))
      const next: unknown = operator(source)
      if (!isSource(next)) throw coded('SLUICE_ARGUMENT', new TypeError(`pipe: argument ${index + 1} ${noSource(next)}`))
      // What tells about itself has noted the place where it was called, which is nearer.
      if (isFlow(next)) place(next)
      return next as Source<unknown>
    }, this)
  }) as Pipe<T>

  to<R>(sink: Sink<T, R>): Pipeline<R> {
    if (typeof (sink as Partial<Sink<T, R>> | undefined)?.open !== 'function') {
      throw coded('SLUICE_ARGUMENT', new TypeError(noSink(sink)))
    }
    // eslint-disable-next-line @typescript-eslint/unbound-method -- it is only looked for in a stack
    const site = this.site === undefined || (sink as Told).site === undefined ? siteAbove(this.to, 0) : undefined
    this.site ??= site
    return new FlowPipeline<T, R>(this, sink, site)
  }

  [Symbol.asyncIterator](): SourceIterator<T> {
    return new SourceIterator<T>(this)
  }
}
