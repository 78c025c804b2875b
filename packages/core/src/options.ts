import { OptionError } from './errors'

/*
 * Options are checked when a pipeline is built, so that item 3,000 is not the first to find out.
 * Each check answers its value, so that it can stand where the value is used.
 */

/**
 * The options as they were given; none where there are none, so that what is missing is told by its name.
 *
 * @throws OptionError where they are no object.
 *
 * @example
 * ```ts
 * const { capacity, name = 'mine' } = optionsOf('mine', options)
 * wholeNumber('mine', 'capacity', capacity)
 * ```
 */
export function optionsOf<O extends object>(owner: string, options: O | undefined): Partial<O> {
  const given: unknown = options ?? {}
  if (typeof given === 'object' && !Array.isArray(given)) return given as Partial<O>
  throw new OptionError(owner, 'options', given, 'an object')
}

/** A whole number of at least `min` (default 1) and at most `max` (default 2^53 - 1). */
export function wholeNumber(
  owner: string,
  option: string,
  value: unknown,
  min = 1,
  max = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max) return value as number
  const range = max === Number.MAX_SAFE_INTEGER ? `of at least ${min}` : `from ${min} to ${max}`
  throw new OptionError(owner, option, value, `a whole number ${range}`)
}

/** A whole number of at least `min` (default 1), or Infinity. */
export function wholeOrInfinite(owner: string, option: string, value: unknown, min = 1): number {
  return value === Infinity ? value : wholeNumber(owner, option, value, min)
}

/** A finite number of at least `min` (default 0) and at most `max`. */
export function finiteNumber(
  owner: string,
  option: string,
  value: unknown,
  min = 0,
  max = Number.MAX_VALUE,
): number {
  if (Number.isFinite(value) && (value as number) >= min && (value as number) <= max) return value as number
  const range = max === Number.MAX_VALUE ? `of at least ${min}` : `from ${min} to ${max}`
  throw new OptionError(owner, option, value, `a finite number ${range}`)
}

/** A function. */
export function callable<F>(owner: string, option: string, value: F): F {
  if (typeof value === 'function') return value
  throw new OptionError(owner, option, value, 'a function')
}

/**
 * True or false.
 *
 * @throws OptionError for anything else.
 *
 * @example
 * ```ts
 * const inclusive = flag('takeWhile', 'inclusive', options.inclusive ?? false)
 * ```
 */
export function flag(owner: string, option: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value
  throw new OptionError(owner, option, value, 'true or false')
}

/** One of a few words. */
export function oneOf<W extends string>(owner: string, option: string, value: unknown, words: readonly W[]): W {
  if (words.includes(value as W)) return value as W
  throw new OptionError(owner, option, value, `one of ${words.map((word) => `'${word}'`).join(', ')}`)
}
