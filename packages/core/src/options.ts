import { OptionError } from './errors'
import { check } from './options/rule'
import { flagged, fn, number, whole, words } from './options/rules'

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
export function wholeNumber(owner: string, option: string, value: unknown, min?: number, max?: number): number {
  return check(whole(min, max), owner, option, value) as number
}

/** A whole number of at least `min` (default 1), or Infinity. */
export function wholeOrInfinite(owner: string, option: string, value: unknown, min?: number): number {
  return check(whole(min, Infinity), owner, option, value) as number
}

/** A finite number of at least `min` (default 0) and at most `max`. */
export function finiteNumber(owner: string, option: string, value: unknown, min?: number, max?: number): number {
  return check(number(min, max), owner, option, value) as number
}

/** A function. */
export function callable<F>(owner: string, option: string, value: F): F {
  return check(fn, owner, option, value) as F
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
  return check(flagged, owner, option, value) as boolean
}

/** One of a few words. */
export function oneOf<W extends string>(owner: string, option: string, value: unknown, allowed: readonly W[]): W {
  return check(words(...allowed), owner, option, value) as W
}
