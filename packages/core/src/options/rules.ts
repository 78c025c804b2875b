import type { OnError } from '../contract/supervision'
import { isAsyncFunction } from '../foreign/describe-value'
import type { Rule } from './rule'

/*
 * The rules that options are declared with. A rule without parameters is a constant. Each says "must be …" in the words
 * of the errors.
 */

/** A rule, and the same for what may be left out. */
class Required<T> implements Rule<T, 'sure'> {
  declare readonly types?: readonly [T, 'sure']

  constructor(
    readonly allowed: string,
    readonly test: (value: unknown) => boolean,
    readonly unit?: string,
  ) {}

  /** The same, with a default. */
  or<D = T>(fallback: D): Rule<T | D, 'sure'> {
    return { allowed: this.allowed, test: this.test, unit: this.unit, optional: true, fallback }
  }

  /** The same, for what may be left out. */
  maybe(): Rule<T, 'maybe'> {
    return { allowed: this.allowed, test: this.test, unit: this.unit, optional: true }
  }
}

/**
 * A rule of your own.
 *
 * @param allowed ends the sentence "it must be …".
 * @param test answers whether a value is allowed.
 *
 * @example
 * ```ts
 * const even = rule<number>('an even number', (value) => typeof value === 'number' && value % 2 === 0)
 * ```
 */
export function rule<T>(allowed: string, test: (value: unknown) => boolean): Required<T> {
  return new Required<T>(allowed, test)
}

/**
 * A whole number.
 *
 * @param min the least that is allowed. Default 1.
 * @param max the most that is allowed. Default 2^53 - 1. `Infinity` allows `Infinity`, too.
 *
 * @example
 * ```ts
 * const MINE = declare('mine', () => ({ options: { concurrency: whole(), capacity: whole(0).or(16) } }))
 * ```
 */
export function whole(min = 1, max = Number.MAX_SAFE_INTEGER): Required<number> {
  return ranged('whole', Number.isSafeInteger, min, max, Number.MAX_SAFE_INTEGER)
}

/**
 * A finite number.
 *
 * @param min the least that is allowed. Default 0.
 * @param max the most that is allowed. `Infinity` allows `Infinity`, too.
 *
 * @example
 * ```ts
 * const MINE = declare('mine', () => ({ options: { jitter: number(0, 1).or(0.5) } }))
 * ```
 */
export function number(min = 0, max = Number.MAX_VALUE): Required<number> {
  return ranged('finite', Number.isFinite, min, max, Number.MAX_VALUE)
}

/**
 * A time in milliseconds: a {@link number} whose unit is ms.
 *
 * @param min the least that is allowed, in ms. Default 0.
 * @param max the most that is allowed, in ms. `Infinity` allows `Infinity`, too.
 *
 * @example
 * ```ts
 * const MINE = declare('mine', () => ({ options: { timeoutMs: ms().maybe() } }))
 * ```
 */
export function ms(min = 0, max = Number.MAX_VALUE): Required<number> {
  return ranged('finite', Number.isFinite, min, max, Number.MAX_VALUE, 'ms')
}

/** @param most what `max` is where nothing is said of it. */
function ranged(kind: string, is: (value: unknown) => boolean, min: number, max: number, most: number, unit?: string): Required<number> {
  const least = min === Number.MIN_VALUE ? 'above 0' : `of at least ${min}`
  const range = max < most ? `from ${min} to ${max}` : least
  return new Required<number>(`a ${kind} number ${range}`, (value) =>
    value === Infinity ? max === value : is(value) && (value as number) >= min && (value as number) <= max, unit)
}

/**
 * One of a few words.
 *
 * @example
 * ```ts
 * const MINE = declare('mine', () => ({ options: { onLimit: words('fail', 'evict').or('fail') } }))
 * ```
 */
export function words<W extends string>(...allowed: readonly W[]): Required<W> {
  return new Required<W>(`one of ${allowed.map((word) => `'${word}'`).join(', ')}`, (value) => allowed.includes(value as W))
}

/** A function. */
export const fn: Rule<(...args: never[]) => unknown, 'sure'> = { allowed: 'a function', test: (value) => typeof value === 'function' }

/** A function; may be left out. */
export const maybeFn: Rule<(...args: never[]) => unknown, 'maybe'> = { allowed: fn.allowed, test: fn.test, optional: true }

/**
 * A function whose answer is used at once, such as a test or a key. A promise is true, and equal to no other one: an async function in
 * its place would keep every value, and give each a key of its own.
 */
export const fnAtOnce: Rule<(...args: never[]) => unknown, 'sure'> = {
  allowed: 'a function that answers at once, and no promise',
  test: (value) => fn.test(value) && !isAsyncFunction(value),
}

/** A function whose answer is used at once; may be left out. See {@link fnAtOnce}. */
export const maybeFnAtOnce: Rule<(...args: never[]) => unknown, 'maybe'> = { allowed: fnAtOnce.allowed, test: fnAtOnce.test, optional: true }

/** True or false; false where it is left out. */
export const flagged: Rule<boolean, 'sure'> = { allowed: 'true or false', test: (value) => typeof value === 'boolean', optional: true, fallback: false }

/**
 * True or false, where false is not what it is by default: see {@link flagged}.
 *
 * @example
 * ```ts
 * const MINE = declare('mine', () => ({ options: { ordered: yesNo().or(true) } }))
 * ```
 */
export function yesNo(): Required<boolean> {
  return new Required<boolean>(flagged.allowed, flagged.test)
}

/** A text of at least one character; see {@link text} for one that may be empty or left out. */
export function filledText(allowed = 'a text of at least one character'): Required<string> {
  return new Required<string>(allowed, (value) => typeof value === 'string' && value !== '')
}

/** A text; may be left out. */
export const text: Rule<string, 'maybe'> = { allowed: 'a string', test: (value) => typeof value === 'string', optional: true }

/** Whatever it is; may be left out. */
export const anything: Rule<unknown, 'maybe'> = { allowed: 'anything', test: () => true, optional: true }

/** What becomes of an item on which user code fails: `onError`. May be left out. */
export const decision: Rule<OnError<never>, 'maybe'> = {
  allowed: `'fail', 'skip', 'restart', 'nack', retry(...), deadLetter(...) or a function`,
  test: (value) => value === 'fail' || value === 'skip' || value === 'restart' || value === 'nack' || fnAtOnce.test(value),
  optional: true,
}
