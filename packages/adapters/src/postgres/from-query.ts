import { OptionError, type Source } from '@sluice/core'
import { wholeNumber } from '@sluice/core/authoring'
import { batchSource } from '../batches/batch-source'
import { CursorReader } from './cursor-reader'
import { isDatabase, type PgDatabase } from './database'

/** Options of {@link fromQuery}. */
export interface FromQueryOptions {
  /**
   * Rows that are fetched in one round trip, and held. Default: what downstream asks for (256 at most), so that no row is
   * read that nobody wanted. Give a number where downstream asks for one at a time, and round trips are what takes long.
   */
  readonly batch?: number | undefined
  /** Shown in failures, stats and the graph. Default `'fromQuery'`. */
  readonly name?: string | undefined
}

/**
 * The rows of a query, through a cursor of the server. Needs the package `pg-cursor` beside `pg`.
 *
 * - **emits** each row in order, as `pg` makes it: the type parsers of the client apply
 * - **holds back** by not fetching: the server makes rows as they are asked for, where its plan allows it
 * - **completes** after the last row. At every end the cursor is closed and a connection of a pool handed back
 * - **buffers** `batch` rows; without that option, what was asked for
 * - **on failure** (of the statement, of the connection) fails with the error of `pg`, after the rows before
 * - **on abort or stop** a query that is running is cancelled on the server, and the run waits for that
 *
 * @typeParam Row what a row is; nothing checks it.
 * @param database a Pool: each run takes a connection of it for its time. Or a Client, which serves this run alone
 * meanwhile and stays open: for a cursor in a transaction of yours.
 * @param sql one statement, with `$1`, `$2` for the parameters.
 * @param params their values. Never put a value into `sql`.
 * @param options `batch` (rows, default what is asked for), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await fromQuery<Order>(pool, 'SELECT * FROM orders WHERE placed > $1 ORDER BY id', [since], { batch: 1000 })
 *   .pipe(map(toInvoice))
 *   .to(toTable(pool, 'invoices', { columns: ['order_id', 'total'] }))
 *   .run()
 * ```
 */
export function fromQuery<Row extends object = Record<string, unknown>>(
  database: PgDatabase,
  sql: string,
  params: readonly unknown[] = [],
  options: FromQueryOptions = {},
): Source<Row> {
  if (!isDatabase(database)) throw new OptionError('fromQuery', 'database', database, 'a Pool or Client of pg')
  if (typeof sql !== 'string' || sql.trim() === '') throw new OptionError('fromQuery', 'sql', sql, 'a statement')
  if (!Array.isArray(params)) throw new OptionError('fromQuery', 'params', params, 'a list of values')
  const batch = options.batch === undefined ? undefined : wholeNumber('fromQuery', 'batch', options.batch)
  return batchSource<Row>(options.name ?? 'fromQuery', (stage) =>
    new CursorReader<Row>({ database, sql, params, batch }, stage.scope.clock))
}
