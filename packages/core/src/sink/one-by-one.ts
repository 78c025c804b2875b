import type { Intake } from '../contract/sink'
import type { Stage } from '../contract/stage'
import type { Decide, OnError } from '../contract/supervision'
import { EachIntake } from './each-intake'

/** How a sink that works on one value at a time ends. */
export interface Ends<R> {
  /** All values were dealt with. Answers the result. */
  end(): R | Promise<R>
  /** The run has failed or was aborted. */
  abort(reason: unknown): unknown
}

/**
 * The running end of a sink that hands over one value at a time, each of them before the supervisor where it fails.
 *
 * @param use hands over a value; a promise it answers is waited for.
 * @param onError what becomes of a value on which `use` fails.
 * @param ends what is done at the end, and answers the result of the sink.
 *
 * @example
 * ```ts
 * import { sink, oneByOne } from '@sluice/core/authoring'
 *
 * const toLog = (onError: OnError<string>) => sink<string, number>('toLog', (stage) => {
 *   let lines = 0
 *   return oneByOne(stage, (line: string) => { log.write(line); lines++ }, onError, { end: () => lines, abort: () => log.close() })
 * })
 * ```
 */
export function oneByOne<T, R>(stage: Stage, use: (value: T) => unknown, onError: OnError<T> | undefined, ends: Ends<R>): Intake<T, R> {
  const each = new EachIntake<T>(use, stage, 1, onError)
  return {
    settles: true,
    demand: () => each.demand(),
    write: (values, count, tickets) => each.write(values, count, tickets),
    async end() {
      await each.end()
      return ends.end()
    },
    async abort(reason) {
      // The target ends first, for that rejects the value that waits to be taken.
      const ended = ends.abort(reason)
      await each.abort(reason)
      await ended
    },
  }
}

/**
 * The same policy, but for errors that are no value's fault, such as those of a target that has closed: they fail the run. Without
 * that `'skip'` would leave out one value after the other, to the last.
 *
 * @param isOfTarget true for an error that every other value would meet, too.
 *
 * @example
 * ```ts
 * const policy = unlessOf((error) => error instanceof ClosedError, options.onError)
 * ```
 */
export function unlessOf<A>(isOfTarget: (error: unknown) => boolean, onError: OnError<A>): Decide<A> {
  return (error, item, attempt, random) =>
    isOfTarget(error) ? 'fail' : typeof onError === 'string' ? onError : onError(error, item, attempt, random)
}
