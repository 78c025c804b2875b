import { type Source } from '@sluice/core'
import { callable, declare, fn, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'

const FROM_CALLBACK = /* @__PURE__ */ declare('fromCallback', () => ({ args: { register: fn }, options: pushRules() }), pushTraits)

/** Takes back what was registered; a promise is awaited by the run. */
export type Cleanup = () => unknown

/** Registers with something that calls back; what it answers takes that back. */
export type Register<T> = (push: (value: T) => void, end: () => void, fail: (error: unknown) => void) => Cleanup | void

/**
 * A source of what a function is called back with: for whatever has no adapter of its own.
 *
 * - **emits** the pushed values in order
 * - **holds back** nobody: `push` answers at once. `overflow` decides what becomes of a value for which there is no room;
 *   for a producer that can wait, `fromProducer` has a `push` to await
 * - **completes** when `end` was called and what was pushed is out
 * - **buffers** at most `capacity` values; those that nobody has taken when the run ends are counted as dropped
 * - **on failure** (`fail`, or `register` throws) what was pushed is delivered first
 * - **on abort**, and at every other end, the cleanup is called, once, and awaited. Calls after the end do nothing
 *
 * @param register called in the call of `run`, or when the source is opened in the middle of one; may push at once. Answers
 * its cleanup, if there is one.
 * @param options `capacity` and `overflow` (both required), `onDrop`, `onHigh`, `onLow`, `high`, `low`, `name`.
 * @throws OptionError where an option is wrong or missing.
 *
 * @example
 * ```ts
 * const ticks = fromCallback<number>((push) => {
 *   let n = 0
 *   const timer = setInterval(() => push(n++), 5)
 *   return () => clearInterval(timer)
 * }, { capacity: 8, overflow: 'drop-oldest' })
 * await ticks.pipe(take(3)).to(toArray()).run() // [0, 1, 2]
 * ```
 */
export function fromCallback<T>(register: Register<T>, options: PushOptions<T>): Source<T> {
  const read = FROM_CALLBACK.read(required('fromCallback', options), { register })
  const given = { ...read, ...boundsOf('fromCallback', read) }
  return tell(pushSource<T>(given, ({ push, end, fail, whenOver }) => {
    const cleanup: unknown = register(push, end, fail)
    // Known only now; where it has ended meanwhile it is called at once.
    if (cleanup !== undefined) whenOver(callable('fromCallback', 'cleanup', cleanup as Cleanup))
  }), FROM_CALLBACK, given)
}
