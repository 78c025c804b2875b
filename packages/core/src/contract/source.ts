import type { Outlet, Wake } from './outlet'
import type { Pipe } from './pipe'
import type { Pipeline } from './run'
import type { Scope } from './scope'
import type { Sink } from './sink'

/** What can be opened and pulled from. Cold: every run opens its own outlets, so a description runs any number of times. */
export interface Openable<T> {
  /** Opens an outlet for one consumer of one run. `wake` is called after a `PENDING` when asking again may pay. */
  open(scope: Scope, wake: Wake): Outlet<T>
}

/** A description of where values come from. Nothing happens until it is run or iterated. */
export interface Source<T> extends Openable<T>, AsyncIterable<T> {
  /** Puts operators after this source, first to last. Runs no user code. */
  readonly pipe: Pipe<T>
  /** Puts a sink at the end: a pipeline, to be run as often as you like. */
  to<R>(sink: Sink<T, R>): Pipeline<R>
}

/** Turns a source into another source. Assembling runs no user code. */
export type Operator<A, B> = (upstream: Source<A>) => Source<B>
