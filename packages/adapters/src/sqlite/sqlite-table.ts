import { type OnError, type Sink } from '@sluice/core'
import { coded, decision, declare, ms, sink, tell, whole } from '@sluice/core/authoring'
import { checkCheckpoint, checkpointRule, type SqliteCheckpoint } from './checkpoint'
import { databaseRule, type SqliteDatabase } from './handle'
import { checkTable, tableRules, type TableOptions } from './table-columns'
import { TableIntake, type Writing, type WrittenRows } from './table-intake'

/** How the options of a transaction are declared. */
export function transactionRules() {
  return { batch: whole().or(500), withinMs: ms().or(200), busyTimeoutMs: ms().or(5000), checkpoint: checkpointRule(), onError: decision }
}

const SQLITE_TABLE = /* @__PURE__ */ declare('sqliteTable', () => ({
  args: { database: databaseRule() }, options: { ...tableRules(), ...transactionRules() },
}), ({ batch }) => ({ holds: batch }))

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
  const given = SQLITE_TABLE.read(options, { database })
  const tables = [checkTable('sqliteTable', table, given)]
  return tell(tableSink<T>('sqliteTable', database, given, {
    tables,
    spread(value, [rows]) {
      rows?.push(row('sqliteTable', value))
      return 1
    },
  }), SQLITE_TABLE, given)
}

/** The options of a transaction, as they were read. */
type ReadTransactionOptions<T> = Required<Pick<Writing<T>, 'batch' | 'withinMs' | 'busyTimeoutMs' | 'checkpoint' | 'onError'>> & { readonly name: string }

/** The sink that the exported ones are made of. */
export function tableSink<T>(
  owner: string,
  database: SqliteDatabase,
  given: ReadTransactionOptions<T>,
  how: Pick<Writing<T>, 'tables' | 'spread'>,
): Sink<T, WrittenRows> {
  const { name, checkpoint, onError, batch, withinMs, busyTimeoutMs } = given
  checkCheckpoint(owner, checkpoint)
  const writing: Writing<T> = { ...how, owner, database, checkpoint, onError, batch, withinMs, busyTimeoutMs }
  return sink<T, WrittenRows>(name, (stage) => {
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
