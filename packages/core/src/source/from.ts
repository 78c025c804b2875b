import { coded } from '../foreign/coded'
import type { Puller } from '../contract/puller'
import type { Openable, Source } from '../contract/source'
import type { Named } from '../contract/supervision'
import { isThenable } from '../foreign/promise-of'
import type { QueueProbe, Stage } from '../contract/stage'
import { withContexts } from '../engine/carried'
import { runningStage } from '../engine/running-stage'
import { tell } from '../kit/described'
import { source } from '../kit/source'
import { OptionError, QueueClosedError } from '../errors'
import { declare } from '../options/declare'
import { words } from '../options/rules'
import { isFlow } from '../run/flow'
import { noPullable } from '../run/misplaced'
import { fromAsyncIterable } from './from-async-iterable'
import { fromIterable } from './from-iterable'
import { fromPromise } from './from-promise'

const FROM = /* @__PURE__ */ declare('from', () => ({ options: { onEnd: words('leave', 'close').or('leave') } }), {})

/** What {@link from} takes. */
export type Pullable<T> = Openable<T> | AsyncIterable<T> | Iterable<T> | PromiseLike<T>

/** Options of {@link from}. */
export interface FromOptions extends Named {
  /**
   * For a queue: what becomes of it when the run that reads it ends, in whatever way. `'leave'` (default): the queue stays
   * open for its other consumers. `'close'`: the queue is closed, and puts that wait fail with a QueueClosedError that names
   * the run: for a run that is the only consumer.
   */
  readonly onEnd?: 'leave' | 'close' | undefined
}

/**
 * A source of what is given: an array or other iterable, an async iterable, a promise, a queue, a topic's
 * subscription, a WHATWG or Node stream, another source.
 *
 * - **emits** each value in order; a promise emits its one value; a string its characters
 * - **holds back** while it is not pulled: nothing is read ahead
 * - **completes** when what is given does
 * - **buffers** nothing
 * - **on failure** of what is given, fails with that error
 * - **on abort** closes the iterator (`return`); a queue is left open unless `onEnd` is `'close'`, a subscription is closed.
 *   Of a queue a run takes one value at a time, so what the run has not got to stays there for other consumers
 *
 * A promise that is handed over is owned by the source: its rejection fails the runs that read it, and is no unhandled
 * rejection before that. A pipeline that never runs swallows it. A thenable that is no promise of the platform is left
 * alone until its value is wanted, because a lazy one begins its work when `then` is called.
 *
 * @param options `onEnd` (default `'leave'`), for queues; `name`.
 * @throws TypeError where `input` is none of these; OptionError where `onEnd` is `'close'` and `input` is no queue.
 *
 * @example
 * ```ts
 * await from([1, 2, 3]).to(toArray()).run() // [1, 2, 3]
 * await from(Promise.resolve('a')).to(first()).run() // 'a'
 * await from(new Blob(['some text']).stream()).to(count()).run() // 1
 * ```
 */
export function from<T>(input: Pullable<T>, options?: FromOptions): Source<T> {
  // A source is what was asked for already, unless it is to have another name.
  if (options === undefined && isFlow(input)) return input as Source<T>
  const given = FROM.read(options)
  return tell(sourceOf(input, given.name, given.onEnd === 'close'), FROM, given, undefined, undefined, isOpenable(input) && !isFlow(input) ? [{ part: input, role: 'reads' }] : undefined)
}

/** What reads nothing but its own is not kept: an array may be long. */
function isOpenable(input: unknown): input is object {
  return typeof (input as Partial<Openable<unknown>> | null)?.open === 'function'
}

function sourceOf<T>(input: Pullable<T>, name: string, closes: boolean): Source<T> {
  if (closes) return closing(input, name)
  if (typeof input === 'string') return fromIterable(input as Iterable<T>, name)
  if (typeof input === 'object' || typeof input === 'function') {
    const given = input as Partial<Openable<T> & AsyncIterable<T> & Iterable<T>> | null
    if (typeof given?.open === 'function') {
      return source(name, (stage) => opened(input as Openable<T>, stage))
    }
    if (typeof given?.[Symbol.asyncIterator] === 'function') return fromAsyncIterable(input as AsyncIterable<T>, name)
    if (typeof given?.[Symbol.iterator] === 'function') return fromIterable(input as Iterable<T>, name)
    if (isThenable(input)) return fromPromise(input, name)
  }
  throw coded('SLUICE_ARGUMENT', new TypeError(noPullable(input)))
}

/** Opened for a run, which also measures what rests there: a queue, and the subscription of a topic, tell of that. */
function opened<T>(input: Openable<T> & Partial<QueueProbe>, stage: Stage): Puller<T> {
  const outlet = withContexts(input.open(stage.scope, stage.wake), stage)
  if (typeof input.measure === 'function' && typeof input.size === 'number') stage.expose(input as QueueProbe)
  return outlet
}

/** A queue whose end is the end of the run that reads it. */
function closing<T>(input: Pullable<T>, name: string): Source<T> {
  const queue = input as Partial<Openable<T> & { cutOff(error: unknown): void }> | null | undefined
  if (typeof queue?.open !== 'function' || typeof queue.cutOff !== 'function') {
    throw new OptionError('from', 'onEnd', 'close', "'leave' where the input is no queue, because only a queue can be closed")
  }
  return source<T>(name, (stage) => {
    const outlet = opened(input as Openable<T>, stage)
    return {
      live: outlet.live,
      tickets: outlet.tickets,
      pull: (into, limit) => outlet.pull(into, limit),
      close(outcome) {
        // The queue learns first that its consumer has gone, so that nothing is said of puts that nobody takes.
        queue.cutOff?.(new QueueClosedError(`the run '${runningStage(stage).scope.name}', which was the consumer of the queue, has ended`))
        return outlet.close?.(outcome)
      },
    }
  })
}
