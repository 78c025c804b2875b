import { coded } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed } from '../text/well-formed'
import { toBound, type Bound } from './values'

/** What SQLite makes of a value on its way into a column (datatype3.html, "Type Affinity"). */
export type Affinity = 'integer' | 'real' | 'numeric' | 'text' | 'none'

/** A value that its column cannot hold as it is. The row is `run.failure.item`. */
export class SqliteValueError extends Error {
  override readonly name = 'SqliteValueError'
  readonly code = 'SLUICE_SQLITE_VALUE'

  constructor(
    readonly table: string,
    readonly column: string,
    /** The value, as it was given. */
    readonly value: unknown,
    problem: string,
  ) {
    super(`table ${JSON.stringify(table)}, column ${JSON.stringify(column)} cannot hold ${show(value)}: ${problem}`)
  }
}

/** @param strict true for a table that was made with STRICT: only there `ANY` means any. */
export function affinityOf(type: string, strict: boolean): Affinity {
  if (type.includes('INT')) return 'integer'
  if (/CHAR|CLOB|TEXT/.test(type)) return 'text'
  if (type === '' || type.includes('BLOB') || (strict && type === 'ANY')) return 'none'
  return /REAL|FLOA|DOUB/.test(type) ? 'real' : 'numeric'
}

/**
 * A value as the libraries take it, so that the column holds what was given. What SQLite would change without a word is refused.
 *
 * @throws TypeError that says what SQLite would make of it.
 */
export function toColumn(value: unknown, affinity: Affinity): Bound {
  switch (typeof value) {
    case 'string':
      if (affinity !== 'text' && affinity !== 'none') checkNumber(value, affinity)
      if (!isWellFormed(value)) throw coded('SLUICE_VALUE', new TypeError(`it has ${HALF_A_CHARACTER}`))
      return toBound(value)
    case 'number':
      // Both libraries hand every number on as a real one, and its text would be 94107.0.
      if (affinity === 'text' && !Number.isNaN(value)) return String(value)
      // There the number of its own accord becomes a whole one, where it is.
      return affinity === 'none' ? toBound(value) : real(value)
    case 'bigint':
      if (affinity === 'text') return String(value)
      if (affinity === 'real' && BigInt(Number(value)) !== value) throw coded('SLUICE_VALUE', new TypeError(`SQLite would make ${Number(value)} of it there`))
      return toBound(value)
    case 'boolean':
      if (affinity === 'text') throw coded('SLUICE_VALUE', new TypeError('a truth value is kept as a number: write String(value), or make it a column of integers'))
      return toBound(value)
    default:
      return toBound(value)
  }
}

function real(value: number): number {
  if (Number.isNaN(value)) throw coded('SLUICE_VALUE', new TypeError('SQLite would make NULL of it'))
  return value
}

/** A text that SQLite takes for a number. */
const NUMBER = /^[ \t\n\v\f\r]*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?[ \t\n\v\f\r]*$/
const WHOLE = /^-?(?:0|[1-9]\d*)$/
/** Fewer digits than a real number keeps, in a plain way. */
const SHORT = /^-?(?:0|[1-9]\d*)\.\d+$/
const LARGEST = 2n ** 63n

/** A text for a column of numbers becomes a number there; it has to be the same one, and no number that hides something else. */
function checkNumber(text: string, affinity: Affinity): void {
  if (!NUMBER.test(text)) return
  const number = Number(text)
  if (String(number) === text) return
  if (SHORT.test(text) && text.length <= 16) return
  if (WHOLE.test(text) && text !== '-0') {
    const whole = BigInt(text)
    if (affinity === 'real' ? BigInt(number) === whole : whole < LARGEST && whole >= -LARGEST) return
  }
  throw coded('SLUICE_VALUE', new TypeError(`SQLite would make ${number} of it there: give a number, or make it a column of text`))
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'object' && value !== null) return (value.constructor as { name?: string } | undefined)?.name ?? 'an object'
  return typeof value === 'bigint' || typeof value === 'number' ? String(value) : `a ${typeof value}`
}
