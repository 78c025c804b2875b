import { errorText } from '../error-text'

/** A table that cannot take the rows: it is not there, or its columns are others. */
export class PostgresTableError extends Error {
  override readonly name = 'PostgresTableError'

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

  constructor(
    readonly table: string,
    readonly column: string,
    cause: unknown,
  ) {
    super(`${table}, column ${column}: ${errorText(cause)}`, { cause })
  }
}
