import { type OnError, type Source } from '@sluice/core'
import { decision, declare, rule, tell, whole } from '@sluice/core/authoring'
import { resourceSource } from '../batches/resource'
import { CursorReader, type CursorRows } from './cursor-reader'
import { databaseRule, type PgDatabase } from './database'
import type { QueriedRow } from './row-parsers'

const FROM_QUERY = /* @__PURE__ */ declare('fromQuery', () => ({
  args: {
    database: databaseRule(), sql: rule<string>('a statement', (value) => typeof value === 'string' && value.trim() !== ''),
    params: rule<readonly unknown[]>('a list of values', Array.isArray),
  },
  options: { batch: whole().maybe(), onError: decision },
}), {})

/** Options of {@link fromQuery}. */
export interface FromQueryOptions {
  /**
   * Rows that are fetched in one round trip, and held. Default: what downstream asks for (256 at most), so that no row is
   * read that nobody wanted. Give a number where downstream asks for one at a time, and round trips are what takes long.
   */
  readonly batch?: number | undefined
  /**
   * What becomes of a row that a type parser of the client throws at. A retry calls that parser again; the rows of the same round trip
   * wait for the decision. A failure of the statement or of the connection fails the run. Default: such a row fails it, too.
   */
  readonly onError?: OnError<QueriedRow> | undefined
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
 * - **on failure** (of the statement, of the connection) fails with the error of `pg`, after the rows before. A row that a type
 *   parser throws at goes where `onError` says, with a PostgresRowError that names row and column
 * - **on abort or stop** a query that is running is cancelled on the server, and the run waits for that
 *
 * @typeParam Row what a row is; nothing checks it.
 * @param database a Pool: each run takes a connection of it for its time. Or a Client, which serves this run alone
 * meanwhile and stays open: for a cursor in a transaction of yours.
 * @param sql one statement, with `$1`, `$2` for the parameters.
 * @param params their values. Never put a value into `sql`.
 * @param options `batch` (rows, default what is asked for), `onError` (default `'fail'`), `name`.
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
  const given = FROM_QUERY.read(options, { database, sql, params })
  const { name, batch, onError } = given
  const reading = { database, sql, params, batch, onError }
  return tell(resourceSource<CursorRows<Row>, Row>(name, (stage) => new CursorReader<Row>(reading, stage), { each: handOn }), FROM_QUERY, given)
}

/** A failure comes after the rows before it. */
function handOn<Row>({ rows, failure }: CursorRows<Row>, hold: (row: Row) => void): void {
  for (const row of rows) hold(row)
  if (failure) throw failure
}
