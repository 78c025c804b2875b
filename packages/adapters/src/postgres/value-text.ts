import { coded } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed } from '../text/well-formed'

/** What has to be known of a type to write its values as text. */
export interface ValueType {
  /** The name of the type in pg_type, below a domain: `int4`, `json`, `_text`. */
  readonly base: string
  /** The base type of the elements, for an array type. */
  readonly element: string | null
  /** Between the elements of an array: a comma, but for boxes. */
  readonly delimiter: string
}

const JSON_TYPES = new Set(['json', 'jsonb'])
const TEXT_TYPES = new Set(['text', 'varchar', 'bpchar', 'name', 'citext'])

/** A value as the server reads it from text; null for null and undefined. Throws where there is no such text. */
export function valueText(value: unknown, type: ValueType): string | null {
  if (value === null || value === undefined) return null
  if (type.element !== null) {
    return Array.isArray(value) ? arrayText(value, type.element, type.delimiter) : scalarText(value, type.base)
  }
  return scalarText(value, type.base)
}

/** The elements of an array type, in braces. All but null are quoted, so that `NULL` and `{` can be elements. */
export function arrayText(values: readonly unknown[], element: string, delimiter: string): string {
  const parts = values.map((value): string => {
    if (Array.isArray(value) && !JSON_TYPES.has(element)) return arrayText(value, element, delimiter)
    if (value === null || value === undefined) return 'NULL'
    return `"${scalarText(value, element).replace(/["\\]/g, '\\$&')}"`
  })
  return `{${parts.join(delimiter)}}`
}

function scalarText(value: unknown, base: string): string {
  const text = plainText(value, base)
  if (text.includes('\0')) throw coded('SLUICE_VALUE', new TypeError('a text with a zero byte in it, which PostgreSQL cannot hold'))
  if (!isWellFormed(text)) throw coded('SLUICE_VALUE', new TypeError(`a text with ${HALF_A_CHARACTER}`))
  return text
}

function plainText(value: unknown, base: string): string {
  // Whatever comes out of a json column goes in again, texts and null inside of it, too.
  if (JSON_TYPES.has(base)) return jsonText(value)
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
    case 'bigint':
    case 'boolean':
      return String(value)
    case 'object':
      return objectText(value as object, base)
    default:
      throw coded('SLUICE_VALUE', new TypeError(`a ${typeof value}, for which PostgreSQL has no type`))
  }
}

function objectText(value: object, base: string): string {
  if (value instanceof Date) return TEXT_TYPES.has(base) ? value.toISOString() : dateText(value)
  if (ArrayBuffer.isView(value)) {
    if (base !== 'bytea') throw coded('SLUICE_VALUE', new TypeError(`bytes for a column of type ${base}`))
    return `\\x${Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')}`
  }
  // The convention of pg: an interval that it has read knows how it is written.
  const { toPostgres } = value as { readonly toPostgres?: unknown }
  if (typeof toPostgres === 'function') return String((toPostgres as () => unknown).call(value))
  if (base === 'point') {
    const { x, y } = value as { readonly x?: unknown; readonly y?: unknown }
    return `(${String(x)},${String(y)})`
  }
  if (TEXT_TYPES.has(base)) return jsonText(value)
  throw coded('SLUICE_VALUE', new TypeError(`${Array.isArray(value) ? 'an array' : 'an object'} for a column of type ${base}`))
}

function jsonText(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined
  if (text === undefined) throw coded('SLUICE_VALUE', new TypeError(`a ${typeof value}, which is no JSON`))
  return text
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0')

/**
 * Local time with its offset, as `pg` writes and reads it: right for `timestamptz`, and the same wall clock time comes back
 * from `timestamp` and `date`, which ignore the offset.
 */
function dateText(date: Date): string {
  if (Number.isNaN(date.getTime())) throw coded('SLUICE_VALUE', new TypeError('an invalid Date'))
  const year = date.getFullYear()
  const offset = -date.getTimezoneOffset()
  const minutes = Math.abs(offset)
  const day = `${pad(year > 0 ? year : 1 - year, 4)}-${pad(date.getMonth() + 1, 2)}-${pad(date.getDate(), 2)}`
  const time = `${pad(date.getHours(), 2)}:${pad(date.getMinutes(), 2)}:${pad(date.getSeconds(), 2)}.${pad(date.getMilliseconds(), 3)}`
  return `${day} ${time}${offset < 0 ? '-' : '+'}${pad(Math.floor(minutes / 60), 2)}:${pad(minutes % 60, 2)}${year > 0 ? '' : ' BC'}`
}
