import { errorText } from '../error-text'

/** A table that cannot take the rows: it is not there, or its columns are others. */
export class PostgresTableError extends Error {
  override readonly name = 'PostgresTableError'
  readonly code = 'SLUICE_POSTGRES_TABLE'

  constructor(
    /** Its name, quoted. */
    readonly table: string,
    /** The columns that the message is about. */
    readonly columns: readonly string[],
    problem: string,
  ) {
    super(`${table}: ${problem}`)
  }
}

/** A value that cannot be written to its column. The row is `run.failure.item`. */
export class PostgresValueError extends Error {
  override readonly name = 'PostgresValueError'
  readonly code = 'SLUICE_POSTGRES_VALUE'

  constructor(
    readonly table: string,
    readonly column: string,
    /** The value, as it was given. */
    readonly value: unknown,
    cause: unknown,
  ) {
    super(`${table}, column ${column} cannot hold ${show(value)}: ${errorText(cause)}`, { cause })
  }
}

/** A row of a query that cannot be converted: the client's type parser for a column has thrown. `cause` is what it threw. */
export class PostgresRowError extends Error {
  override readonly name = 'PostgresRowError'
  readonly code = 'SLUICE_POSTGRES_ROW'

  constructor(
    /** Its place in the answer of the server, counted from 1. */
    readonly row: number,
    readonly column: string,
    /** The text of the server. */
    readonly text: string,
    cause: unknown,
  ) {
    super(`row ${row}, column ${column}: ${show(text)} cannot be converted: ${errorText(cause)}`, { cause })
  }
}

function show(value: unknown): string {
  if (typeof value === 'string') return JSON.stringify(value.length > 80 ? `${value.slice(0, 80)}…` : value)
  if (typeof value === 'object' && value !== null) return (value.constructor as { name?: string } | undefined)?.name ?? 'an object'
  return typeof value === 'function' || typeof value === 'symbol' ? `a ${typeof value}` : String(value)
}

/** Data exceptions, integrity and check constraints, what a trigger or a function raises, a plan that is asked too much. */
const REFUSED = /^(?:22|23|44|P0|21|54)/

/** True where rows were not taken because of what is in them: others may well be. */
export function isRefusal(error: unknown): boolean {
  return error instanceof PostgresValueError || REFUSED.test(String((error as { readonly code?: unknown } | null)?.code))
}
