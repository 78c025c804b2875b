import { check } from './options/rule'
import { givenOptions, unknownOption } from './options/unknown-option'
import { flagged, fn, number, whole, words } from './options/rules'

/*
 * Options are checked when a pipeline is built, so that item 3,000 is not the first to find out.
 * Each check answers its value, so that it can stand where the value is used.
 */

/**
 * The options as they were given; none where there are none, so that what is missing is told by its name.
 *
 * @param known the names of all options, where nothing else is to be given: what a `declare` does not read.
 * @throws OptionError where they are no object, or one of them is unknown.
 *
 * @example
 * ```ts
 * const { capacity, name = 'mine' } = optionsOf('mine', options)
 * wholeNumber('mine', 'capacity', capacity)
 * ```
 */
export function optionsOf<O extends object>(owner: string, options: O | undefined, known?: readonly string[]): Partial<O> {
  const given = givenOptions(owner, options, () => known ?? [])
  if (known) for (const option in given) if (!known.includes(option)) throw unknownOption(owner, option, given[option], known)
  return given as Partial<O>
}

/**
 * Refuses what is not known in an option that is an object itself, by its whole name: `rate.brust`.
 *
 * @param option the name of the option that `given` stands in.
 * @param known the names that it may have.
 * @throws OptionError for the first other one, with what was probably meant.
 *
 * @example
 * ```ts
 * knownIn('throttle', 'rate', { count: 1, perMs: 10 }, ['count', 'perMs', 'burst'])
 * ```
 */
export function knownIn(owner: string, option: string, given: object, known: readonly string[]): void {
  for (const name in given) {
    if (!known.includes(name)) throw unknownOption(owner, `${option}.${name}`, (given as Readonly<Record<string, unknown>>)[name], known.map((each) => `${option}.${each}`))
  }
}

/** A whole number of at least `min` (default 1) and at most `max` (default 2^53 - 1). */
export function wholeNumber(owner: string, option: string, value: unknown, min?: number, max?: number): number {
  // Some are asked for each value that passes, so the common case makes no rule.
  return isWhole(value, min ?? 1, max ?? Number.MAX_SAFE_INTEGER) ? value : (check(whole(min, max), owner, option, value) as number)
}

/** A whole number of at least `min` (default 1), or Infinity. */
export function wholeOrInfinite(owner: string, option: string, value: unknown, min?: number): number {
  return check(whole(min, Infinity), owner, option, value) as number
}

/** A finite number of at least `min` (default 0) and at most `max`. */
export function finiteNumber(owner: string, option: string, value: unknown, min?: number, max?: number): number {
  return Number.isFinite(value) && (value as number) >= (min ?? 0) && (value as number) <= (max ?? Number.MAX_VALUE) ? (value as number)
    : (check(number(min, max), owner, option, value) as number)
}

function isWhole(value: unknown, min: number, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max
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
