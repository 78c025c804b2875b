import { describeValue } from './foreign/describe-value'
import { isThenable, ownPromise } from './foreign/promise-of'

/**
 * A function of the user's answered what cannot be worked with. A number that is NaN, text or out of range would, taken as
 * it is, order nothing, weigh nothing, or be waited for no time at all; a promise in place of an iterable or a pair has no
 * values. It is a failure of the item the function was asked about.
 */
export class AnswerError extends RangeError {
  override readonly name: string = 'AnswerError'
  readonly code = 'SLUICE_ANSWER'

  /** @param options `cause`: the failure that was being decided about, where there was one. */
  constructor(
    /** The stage or queue that asked. */
    readonly owner: string,
    /** Which of its functions: `weigh`, `cost`, `priority`. */
    readonly asked: string,
    readonly value: unknown,
    readonly allowed: string,
    options?: ErrorOptions,
  ) {
    super(`${owner}: ${asked} must answer ${allowed}, got ${describeValue(value)}`, options)
  }
}

/**
 * Checks a number that a function of the user's answered: finite, at least `min` (default 0) and at most `max`. Answers it.
 *
 * @param owner the stage or queue that asked.
 * @param asked which of its functions.
 * @throws AnswerError for anything else.
 *
 * @example
 * ```ts
 * const weight = answeredNumber(stage.name, 'weigh', weigh(value))
 * ```
 */
export function answeredNumber(owner: string, asked: string, value: unknown, min = 0, max = Number.MAX_VALUE, options?: ErrorOptions): number {
  if (typeof value === 'number' && value >= min && value <= max) return value
  const range = max < Number.MAX_VALUE ? (min > -Number.MAX_VALUE ? ` from ${min} to ${max}` : ` of at most ${max}`) : min > -Number.MAX_VALUE ? ` of at least ${min}` : ''
  throw new AnswerError(owner, asked, value, `a finite number${range}`, options)
}

/** The iterator of what a function of the user's answered: any iterable, a text included, but no promise and no async iterable. */
export function answeredIterator<T>(owner: string, asked: string, value: Iterable<T>): Iterator<T> {
  if (typeof (value as Partial<Iterable<T>> | null | undefined)?.[Symbol.iterator] === 'function') return value[Symbol.iterator]()
  throw new AnswerError(owner, asked, value, 'an iterable')
}

/**
 * Checks a pair that a function of the user's answered: an array of two. Answers the pair.
 *
 * @param owner the stage that asked.
 * @param asked which of its functions.
 * @param allowed what the two are, as in `'a pair [value, next state]'`.
 * @throws AnswerError for anything else.
 *
 * @example
 * ```ts
 * const [next, result] = answeredPair(stage.name, 'step', step(state, value), 'a pair [next state, result]')
 * ```
 */
export function answeredPair<P extends readonly [unknown, unknown]>(owner: string, asked: string, value: P, allowed: string): P {
  if (Array.isArray(value) && (value as unknown[]).length === 2) return value
  throw new AnswerError(owner, asked, value, allowed)
}

/** Checks the level that a function of the user's answered: a whole number from 0 to `levels - 1`. Answers it. */
export function answeredLevel(owner: string, value: unknown, levels: number, asked = 'priority'): number {
  if (Number.isInteger(value) && (value as number) >= 0 && (value as number) < levels) return value as number
  throw new AnswerError(owner, asked, value, `a whole number from 0 to ${levels - 1}`)
}

/** Checks what a comparison of the user's answered: any number but NaN, which is neither before, after nor the same. */
export function answeredOrder(owner: string, value: unknown, asked = 'compare'): number {
  if (typeof value === 'number' && !Number.isNaN(value)) return value
  throw new AnswerError(owner, asked, value, 'a number')
}

/**
 * Checks that a test or a key was answered at once, and answers it. A promise is true, and equal to no other one.
 *
 * @param owner the stage that asked.
 * @param asked which of its functions.
 * @throws AnswerError for a promise.
 *
 * @example
 * ```ts
 * const passed = answeredAtOnce(stage.name, 'test', test(value))
 * ```
 */
export function answeredAtOnce<V>(owner: string, asked: string, value: V): V {
  if (typeof value !== 'object' || !isThenable(value)) return value
  ownPromise(value)
  throw new AnswerError(owner, asked, value, 'at once, and no promise')
}
