import { type OnError, type Sink } from '@sluice/core'
import { checkOnError, coded, finiteNumber, sink, wholeNumber } from '@sluice/core/authoring'
import { checkCheckpoint, type SqliteCheckpoint } from './checkpoint'
import { checkDatabase, type SqliteDatabase } from './handle'
import { checkTable, type TableOptions } from './table-columns'
import { TableIntake, type Writing, type WrittenRows } from './table-intake'

/** When rows are committed. */
export interface TransactionOptions<T> {
  /** Rows in a transaction, 1 or more; the last one may have fewer, and a value with many rows is never cut. Default 500. */
  readonly batch?: number | undefined
  /** Rows that are fewer than a batch are committed so many ms after the first of them. Default 200. */
  readonly withinMs?: number | undefined
  /** How long a lock that somebody else holds is waited for, in ms. Default 5,000. */
  readonly busyTimeoutMs?: number | undefined
  /** Written in the same transaction as the rows: what {@link readCheckpoint} answers. Default: none. */
  readonly checkpoint?: SqliteCheckpoint<T> | undefined
  /**
   * What becomes of a value that the table refuses: one that a column cannot hold, a key that is there already, a constraint. All rows of
   * the value are left out, the others of its transaction are written. Default: it fails the run.
   */
  readonly onError?: OnError<T> | undefined
  /** Shown in failures, stats and the graph. Default: the function's name. */
  readonly name?: string | undefined
}

/** Options of {@link sqliteTable}. */
export interface SqliteTableOptions<T> extends TableOptions, TransactionOptions<T> {}

/**
 * Writes each value as a row of a table, many in a transaction; resolves with the number of rows and transactions.
 *
 * - **holds back** while a transaction is written, which takes one turn (500 rows: about 1 ms and a flush), and while somebody else
 *   holds the lock: that is waited for without blocking
 * - **on completion** what is left is committed; a database that was opened here is closed
 * - **buffers** a batch of rows, and for `withinMs` at most
 * - **on failure** of a row its transaction is rolled back and the value goes where `onError` says: left out, the others are
 *   written; else the failure names the row, and the run fails. The transactions before it stay
 * - **on abort** what was not committed is given up. No transaction is ever open between two turns
 *
 * Tickets are settled after the commit. Names are quoted, values are bound.
 *
 * @param database a path, opened by each run; or an open database (`node:sqlite`, `libsql`), which stays open.
 * @param table its name.
 * @param options `columns` (default: those of the table), `mode` (default `'insert'`), `key`, `batch` (rows, default 500),
 * `withinMs` (default 200), `busyTimeoutMs` (default 5,000), `checkpoint` (default: none), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong. The run fails with SqliteSchemaError before the first row where the table
 * is not what `columns` says.
 *
 * @example
 * ```ts
 * const prices = sqliteTable<{ item: string; price: number }>('shop.db', 'prices', {
 *   columns: { item: 'text', price: 'real' }, mode: 'upsert', key: ['item'],
 * })
 * await from([{ item: 'tea', price: 3 }, { item: 'tea', price: 4 }]).to(prices).run() // { rows: 2, transactions: 1 }
 * ```
 */
export function sqliteTable<T extends object>(database: SqliteDatabase, table: string, options: SqliteTableOptions<T> = {}): Sink<T, WrittenRows> {
  const tables = [checkTable('sqliteTable', table, options)]
  return tableSink<T>('sqliteTable', database, options, {
    tables,
    spread(value, [rows]) {
      rows?.push(row('sqliteTable', value))
      return 1
    },
  })
}

/** The sink that the exported ones are made of. */
export function tableSink<T>(
  owner: string,
  database: SqliteDatabase,
  options: TransactionOptions<T>,
  how: Pick<Writing<T>, 'tables' | 'spread'>,
): Sink<T, WrittenRows> {
  const { checkpoint } = options
  checkCheckpoint(owner, checkpoint)
  checkOnError(owner, options.onError)
  const writing: Writing<T> = {
    ...how,
    owner,
    checkpoint,
    onError: options.onError,
    database: checkDatabase(owner, database),
    batch: wholeNumber(owner, 'batch', options.batch ?? 500),
    withinMs: finiteNumber(owner, 'withinMs', options.withinMs ?? 200),
    busyTimeoutMs: finiteNumber(owner, 'busyTimeoutMs', options.busyTimeoutMs ?? 5000),
  }
  return sink<T, WrittenRows>(options.name ?? owner, (stage) => {
    const intake = new TableIntake<T>(writing, stage)
    // Its methods are its own, so that who wraps a sink of ours may spread it.
    return {
      settles: true,
      write: (values, count, tickets) => intake.write(values, count, tickets),
      end: () => intake.end(),
      abort: (reason) => intake.abort(reason),
    }
  })
}

/** A value that is a row. */
export function row(owner: string, value: unknown): object {
  if (typeof value === 'object' && value !== null) return value
  throw coded('SLUICE_VALUE', new TypeError(`${owner}: a row is an object with a property for each column, got ${value === null ? 'null' : `a ${typeof value}`}`))
}
