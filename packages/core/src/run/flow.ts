import type { Outlet, Wake } from '../contract/outlet'
import type { Pipe } from '../contract/pipe'
import type { Pipeline } from '../contract/run'
import type { Scope } from '../contract/scope'
import type { Sink } from '../contract/sink'
import type { Operator, Source } from '../contract/source'
import { ProtocolError } from '../errors'
import { describeValue } from '../foreign/describe-value'
import { RunScope } from '../engine/run-scope'
import { FlowPipeline } from './flow-pipeline'
import { SourceIterator } from './source-iterator'

/** How a source opens in a run of ours. */
export type Open<T> = (scope: RunScope, wake: Wake) => Outlet<T>

/** A source made by the kit: a description, so it holds nothing but how it is opened. */
export class Flow<T> implements Source<T> {
  readonly #open: Open<T>

  constructor(open: Open<T>) {
    this.#open = open
  }

  open(scope: Scope, wake: Wake): Outlet<T> {
    if (scope instanceof RunScope) return this.#open(scope, wake)
    throw new ProtocolError('open: the scope must be the one a run, or testScope() of @sluice/testing, gave')
  }

  // The overloads of Pipe say how the types follow from each other; at run time it is one loop.
  readonly pipe = ((...operators: Operator<unknown, unknown>[]): Source<unknown> => {
    return operators.reduce<Source<unknown>>((source, operator, index) => {
      if (typeof operator === 'function') return operator(source)
      throw new TypeError(`pipe: argument ${index + 1} must be an operator such as map(f), got ${describeValue(operator)}`)
    }, this)
  }) as Pipe<T>

  to<R>(sink: Sink<T, R>): Pipeline<R> {
    if (typeof (sink as Partial<Sink<T, R>> | undefined)?.open !== 'function') {
      throw new TypeError('to: expected a sink such as toArray() or forEach(f)')
    }
    return new FlowPipeline<T, R>(this, sink)
  }

  [Symbol.asyncIterator](): SourceIterator<T> {
    return new SourceIterator<T>(this)
  }
}
