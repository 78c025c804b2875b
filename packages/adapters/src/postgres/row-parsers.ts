import { PostgresRowError } from './table-error'
import type { OpenClient, TypeParser } from './database'

/** A row that cannot be converted, by its columns: what `onError` decides about, and a dead letter holds. */
export interface QueriedRow {
  /** Its place in the answer of the server, counted from 1. */
  readonly row: number
  /** The values by column; where a type parser has thrown, the text of the server. */
  readonly values: Readonly<Record<string, unknown>>
}

/** Stands in a row for a value that its parser has thrown at. */
class Unconverted {
  constructor(
    readonly text: string,
    readonly parse: TypeParser,
    readonly error: unknown,
  ) {}
}

/**
 * The type parsers of a client, made so that none throws.
 *
 * Why: `pg` parses a row inside the data handler of the connection's socket. What is thrown there ends the process, and
 * the rest of the bytes is never read.
 *
 * ```text
 *   text ─▶ parser ─┬─ value ──────────────▶ row
 *                   └─ throws ─▶ Unconverted ─▶ row ─▶ restore(), where a throw has a place to go
 * ```
 */
export class RowParsers {
  readonly #client: OpenClient
  /** A value since the last look was not converted. */
  #met = false

  constructor(client: OpenClient) {
    this.#client = client
  }

  /** In the form that a cursor takes. */
  readonly getTypeParser = (oid: number, format?: string): TypeParser => {
    const parse = this.#parserOf(oid, format)
    return (text) => {
      try {
        return parse(text)
      } catch (error) {
        this.#met = true
        return new Unconverted(text, parse, error)
      }
    }
  }

  /** True where a row that has come since the last call cannot be converted. */
  haveFailed(): boolean {
    const met = this.#met
    this.#met = false
    return met
  }

  /** A parser that cannot be found fails each value of its type. */
  #parserOf(oid: number, format: string | undefined): TypeParser {
    try {
      return this.#client.getTypeParser?.(oid, format) ?? String
    } catch (error) {
      return () => { throw error }
    }
  }
}

/** The row as `onError` sees it; undefined where every value was converted. */
export function unconverted(row: object, place: number): QueriedRow | undefined {
  const entries: [string, unknown][] = Object.entries(row)
  if (!entries.some(([, value]) => value instanceof Unconverted)) return undefined
  return { row: place, values: Object.fromEntries(entries.map(([column, value]) => [column, value instanceof Unconverted ? value.text : value])) }
}

/**
 * Converts what a row lacks, in the row.
 *
 * @param isFirst the parsers were asked already: the first of their failures counts.
 * @throws PostgresRowError for the first column that cannot be converted.
 */
export function restore(row: Record<string, unknown>, place: number, isFirst: boolean): void {
  for (const [column, value] of Object.entries(row)) {
    if (!(value instanceof Unconverted)) continue
    try {
      if (isFirst) throw value.error
      row[column] = value.parse(value.text)
    } catch (error) {
      throw new PostgresRowError(place, column, value.text, error)
    }
  }
}
