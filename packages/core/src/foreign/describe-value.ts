/*
 * Texts about values that are not ours, for errors and failures. A getter, a trap or a `toString` that throws makes a text
 * less telling, never a second error. Nothing of the user's is called that is not needed for the text.
 */

/** How much of a string an option's error shows. */
const SHOWN = 80

/**
 * A value in a few words, for the error of an option: strings in quotes, functions and objects by their kind.
 *
 * @example
 * ```ts
 * import { describeValue } from '@sluice/core/authoring'
 *
 * describeValue('slow') // '"slow"'
 * describeValue(() => 1) // 'a function'
 * ```
 */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return JSON.stringify(value.slice(0, SHOWN))
    case 'function':
      return isAsyncFunction(value) ? 'an async function' : 'a function'
    case 'object':
      if (value === null) return 'null'
      return isList(value) ? 'an array' : 'an object'
    case 'number':
      return Object.is(value, -0) ? '-0' : String(value)
    case 'bigint':
      return `${value}n`
    default:
      return String(value)
  }
}

/** A revoked proxy throws when it is asked. */
function isList(value: object): boolean {
  try {
    return Array.isArray(value)
  } catch {
    return false
  }
}

/** True for a function that was written with `async`, whatever realm it is of; one that only answers promises cannot be told. */
export function isAsyncFunction(value: unknown): boolean {
  try {
    return Object.prototype.toString.call(value) === '[object AsyncFunction]'
  } catch {
    return false
  }
}
