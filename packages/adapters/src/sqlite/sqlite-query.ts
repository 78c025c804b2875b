import { OptionError, type Named, type Source } from '@sluice/core'
import { declare, DONE, PENDING, rule, source, tell, type Puller, type Stage } from '@sluice/core/authoring'
import { connect, databaseRule, type Connection, type SqliteDatabase } from './handle'
import { begin, type Rows } from './statement'
import { ofFile } from './transaction'
import { fromColumn, toBound, type Bound, type SqliteRow, type SqliteValue } from './values'

const SQLITE_QUERY = /* @__PURE__ */ declare('sqliteQuery', () => ({
  args: {
    database: databaseRule(), sql: rule<string>('a statement', (value) => typeof value === 'string' && value.trim() !== ''),
    params: rule<readonly SqliteValue[]>('a list of values', Array.isArray),
  },
}), {})

/**
 * The rows of a query, one for each that is wanted: the query goes on only as it is read.
 *
 * - **emits** each row as an object by column. Integers are numbers where they fit one exactly, else bigints; bytes are
 *   Uint8Arrays. Give columns of the same name names of their own (`AS`)
 * - **holds back** by not stepping the query
 * - **completes** after the last row
 * - **buffers** nothing (`libsql`: up to 100 rows)
 * - **on failure** of the query fails after the rows before
 * - **on abort**, and at every other end, lets go of the cursor; a database that was opened here is closed
 *
 * While it is read the file is locked against writers, unless it has a write-ahead log. Only for statements that read.
 *
 * @param database a path, opened by each run; or an open database (`node:sqlite`, `libsql`), which stays open.
 * @param sql with `?` for each value.
 * @param params the values, in the order of the question marks. One that is missing counts as NULL.
 * @param options `name`.
 * @throws OptionError where an argument is wrong, a value SQLite cannot hold included.
 *
 * @example
 * ```ts
 * const dear = sqliteQuery<{ item: string }>('shop.db', 'SELECT item FROM prices WHERE price > ? ORDER BY item', [100])
 * for await (const { item } of dear) console.log(item)
 * ```
 */
export function sqliteQuery<T extends object = SqliteRow>(database: SqliteDatabase, sql: string, params: readonly SqliteValue[] = [], options: Named = {}): Source<T> {
  const given = SQLITE_QUERY.read(options, { database, sql, params })
  const bound = params.map((value, index) => {
    try {
      return toBound(value)
    } catch (error) {
      throw new OptionError('sqliteQuery', `params[${index}]`, value, `something SQLite holds, and not ${(error as Error).message}`)
    }
  })
  return tell(source<T>(given.name, (stage) => new QueryPuller<T>(database, sql, bound, stage)), SQLITE_QUERY, given)
}

/** Invariant: the cursor is open from the first pull that found the database open until the last row or the close. */
class QueryPuller<T extends object> implements Puller<T> {
  readonly #database: SqliteDatabase
  readonly #sql: string
  readonly #params: readonly Bound[]
  readonly #stage: Stage
  #opening: Promise<void> | undefined
  #connection: Connection | undefined
  #rows: Rows | undefined
  #over = false

  constructor(database: SqliteDatabase, sql: string, params: readonly Bound[], stage: Stage) {
    this.#database = database
    this.#sql = sql
    this.#params = params
    this.#stage = stage
  }

  pull(into: T[], limit: number): number {
    if (this.#over) return DONE
    if (!this.#connection) {
      this.#opening ??= this.#open()
      return PENDING
    }
    let count = 0
    for (; count < limit; count++) {
      const row = this.#step(this.#connection)
      if (!row) {
        this.#over = true
        return count > 0 ? count : DONE
      }
      for (const column in row) row[column] = fromColumn(row[column])
      into[count] = row as T
      this.#stage.ready = count + 1
    }
    return count
  }

  async close(): Promise<void> {
    this.#over = true
    await this.#opening
    this.#rows?.close()
    if (this.#connection?.owned) this.#connection.handle.close()
  }

  #step(connection: Connection): Record<string, unknown> | undefined {
    try {
      return this.#next(connection)
    } catch (error) {
      throw ofFile('sqliteQuery', this.#database, error)
    }
  }

  #next({ handle }: Connection): Record<string, unknown> | undefined {
    if (this.#rows) return this.#rows.next()
    const { rows, first } = begin(handle, this.#sql, this.#params)
    this.#rows = rows
    return first
  }

  async #open(): Promise<void> {
    try {
      this.#connection = await connect(this.#database)
      if (!this.#over) this.#stage.scope.scheduler.dispatch(this.#stage.wake)
    } catch (error) {
      if (!this.#over) this.#stage.fail(error)
      this.#over = true
    }
  }
}
