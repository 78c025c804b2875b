import type { Operator } from '../contract/source'
import { rehearseLater } from './rehearse'
import { nowhere, numbers } from './resting'

/**
 * A run of the library's own that comes to rest and is kept, so that what a compiler has learnt of an operator outlives the runs
 * of a user.
 *
 * ```text
 *   a run ends ─▶ its objects are collected ─▶ the hidden classes that none has any more die ─▶ optimised code that relies on
 *   them is thrown away, and the next run of the same pipeline begins in the interpreter
 * ```
 *
 * One object of each class, in the state it is in while it works, prevents that (`npm run bench -- --case after-collection`: `mapAsync`
 * was up to sixteen times slower). It holds functions and values of the library only. What a closure of a run has been compiled to dies
 * with that run all the same: code that is hot belongs into a method of a class, or stands beside it.
 *
 * No function is to be called where a user's will be, unless that call is never inlined: one that has seen two functions is not.
 */
export class Rehearsal {
  #make: (() => Operator<number, unknown>) | undefined
  readonly #values: number

  /**
   * @param make answers the operator.
   * @param values how many numbers it is given, 0 or more. After them its source rests for good. Default 0.
   *
   * @example
   * ```ts
   * const rehearsal = new Rehearsal(() => pairs(), 8)
   * const pairs = <T>(): Operator<T, T[]> => {
   *   rehearsal.later()
   *   return operator('pairs', (upstream, stage) => new Pairs(upstream, stage))
   * }
   * ```
   */
  constructor(make: () => Operator<number, unknown>, values = 0) {
    this.#make = make
    this.#values = values
  }

  /** It takes place when a run has ended: whoever runs one pipeline, once, does not wait for it. No effect from the second call on. */
  later(): void {
    const make = this.#make
    if (make === undefined) return
    this.#make = undefined
    rehearseLater(() => [numbers(this.#values).pipe(make()).to(nowhere)])
  }
}
