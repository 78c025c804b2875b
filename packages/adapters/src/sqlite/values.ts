import { coded } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed } from '../text/well-formed'

/** What a column can hold: integers as numbers or bigints, texts, bytes, nothing. A boolean is kept as 1 or 0. */
export type SqliteValue = number | bigint | string | boolean | Uint8Array | null | undefined

/** What is handed to the library. */
export type Bound = number | bigint | string | Uint8Array | null

/** A row that was read. */
export type SqliteRow = Record<string, number | bigint | string | Uint8Array | null>

const LARGEST = 2n ** 63n

/**
 * A value as the libraries take it. What SQLite would change without a word is refused: NaN becomes NULL there, a text is
 * cut at its first NUL, and one library ends the process at a boolean.
 */
export function toBound(value: unknown): Bound {
  switch (typeof value) {
    case 'string':
      if (!isWellFormed(value)) throw coded('SLUICE_VALUE', new TypeError(`a text with ${HALF_A_CHARACTER}`))
      if (value.includes('\0')) throw coded('SLUICE_VALUE', new TypeError('a text with a NUL character, where SQLite would cut it: write it as bytes'))
      return value
    case 'number':
      if (Number.isNaN(value)) throw coded('SLUICE_VALUE', new TypeError('NaN, which SQLite would make NULL of'))
      // Handed on as a number it would be a real one, which no text column is equal to.
      return Number.isSafeInteger(value) && !Object.is(value, -0) ? BigInt(value) : value
    case 'bigint':
      if (value >= LARGEST || value < -LARGEST) throw coded('SLUICE_VALUE', new TypeError(`${value}, which has more than 64 bits`))
      return value
    case 'boolean':
      return value ? 1n : 0n
    case 'undefined':
      return null
    default:
      if (value === null || value instanceof Uint8Array) return value
      throw coded('SLUICE_VALUE', new TypeError(`${describe(value)}: SQLite holds numbers, bigints, texts, booleans, Uint8Arrays and null`))
  }
}

/** A value as it was read, for our side: integers as numbers where they fit one. */
export function fromColumn(value: unknown): SqliteRow[string] {
  if (typeof value === 'bigint') {
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }
  return value instanceof ArrayBuffer ? new Uint8Array(value) : (value as SqliteRow[string])
}

function describe(value: unknown): string {
  return typeof value === 'object' ? (value?.constructor as { name?: string } | undefined)?.name ?? 'an object' : `a ${typeof value}`
}
