import { OptionError, type OnError, type Sink } from '@sluice/core'
import { callable, decision, declare, rule, sink, tell, whole, words } from '@sluice/core/authoring'
import { batchIntake } from '../batches/batch-intake'
import { Verdicts } from '../batches/verdicts'
import { databaseRule, type PgDatabase } from './database'
import type { TableMode } from './statements'
import { isName, quoteTable, type TableName } from './table-name'
import { TableWriter, type ColumnValue, type WrittenRows } from './table-writer'

const names = () => rule<readonly string[]>('a list of columns', Array.isArray)

const TO_TABLE = /* @__PURE__ */ declare('toTable', () => ({
  args: { database: databaseRule() },
  options: {
    columns: rule<TableColumns<never>>('a list of names, or { column: (row) => value }', (value) => typeof value === 'object' && value !== null),
    mode: words('copy', 'insert', 'upsert').or('copy'), key: names().maybe(), update: names().maybe(), batch: whole().or(1000),
    transaction: words('run', 'batch').or('run'), onError: decision,
  },
}), ({ batch }) => ({ holds: 2 * batch }))

/** Columns that are written: names that are keys of a row, too; or for each column where its value comes from. */
export type TableColumns<Row> = readonly (keyof Row & string)[] | { readonly [column: string]: (row: Row) => unknown }

/** Options of {@link toTable}. */
export interface ToTableOptions<Row> {
  /** A list of names, or `{ column: (row) => value }`. Columns that are left out get their defaults. */
  readonly columns: TableColumns<Row>
  /**
   * `'copy'` (default): COPY, the fastest way in. `'insert'`: INSERT statements of many rows; triggers and rules see rows
   * as ever. `'upsert'`: INSERT … ON CONFLICT, a row that is there is changed.
   */
  readonly mode?: TableMode | undefined
  /** The columns by which an upsert knows a row: a primary key, or ones with a unique index. */
  readonly key?: readonly string[] | undefined
  /** The columns that an upsert changes in a row that is there. Default: all but `key`. None: it stays as it is. */
  readonly update?: readonly string[] | undefined
  /** Rows of one statement, at most; twice as many are in memory. Default 1000. */
  readonly batch?: number | undefined
  /**
   * `'run'` (default): all rows or none; nobody sees any before the run has completed. `'batch'`: each statement commits by
   * itself, for pipelines without an end and sources that are acknowledged; a failure leaves what was committed.
   */
  readonly transaction?: 'run' | 'batch' | undefined
  /**
   * What becomes of a row that cannot be written: a value its column cannot hold, a constraint, a key that is there. Default: it fails the
   * run. With it each batch is a statement with a savepoint before it, and one that is refused is halved down to the rows at fault.
   */
  readonly onError?: OnError<Row> | undefined
  /** Shown in failures, stats and the graph. Default `'toTable'`. */
  readonly name?: string | undefined
}

/**
 * Writes each value as a row of a table; resolves with the number of rows. Needs the package `pg`, and `pg-copy-streams` for
 * mode `'copy'`.
 *
 * - **opens** by taking a connection and looking the table up: columns that are missing fail the run before any row
 * - **holds back** while the server is busy: what has come meanwhile is the next statement, so no row waits for a batch to
 *   fill. COPY honours the socket
 * - **on completion** commits
 * - **on failure or abort** what the server is busy with is cancelled and the transaction rolled back, which the run waits for.
 *   A value that cannot be written fails with a PostgresValueError that names table, column and value; `run.failure.item` is the row.
 *   With `onError` a row that is refused goes where it says, and the others are written
 * - **tickets** are acknowledged when their rows are committed: with `transaction: 'run'` all at the end
 *
 * @param database a Pool: each run takes one connection of it. Or a Client; in a transaction of yours, a savepoint is used.
 * @param table `'table'`, `'schema.table'` or `['schema', 'table']`; names are taken as they are, case and all.
 * @param options `columns`, `mode` (default `'copy'`), `key`, `update` (default all but the key), `batch` (rows, default
 * 1000), `transaction` (default `'run'`), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readCsv('orders.csv').pipe(map(parseOrder)).to(toTable(pool, 'sales.orders', { columns: ['id', 'placed', 'total'] })).run()
 *
 * toTable<Order>(pool, 'orders', { columns: { id: (order) => order.id, doc: (order) => order }, mode: 'upsert', key: ['id'] })
 * ```
 */
export function toTable<Row extends object>(database: PgDatabase, table: TableName, options: ToTableOptions<Row>): Sink<Row, WrittenRows> {
  const given = TO_TABLE.read(options, { database })
  const quoted = quoteTable('toTable', table)
  const { name, mode, transaction, batch, onError = 'fail', key = [] } = given
  const { columns, values } = columnsOf<Row>(options.columns)
  if (mode === 'upsert' ? key.length === 0 : given.key !== undefined || given.update !== undefined) {
    throw new OptionError('toTable', 'key', given.key, "a list of columns where mode is 'upsert', and key and update are only for that")
  }
  const update = given.update ?? columns.filter((column) => !key.includes(column))
  for (const [option, list] of [['key', key], ['update', update]] as const) {
    const strange = list.find((column) => !columns.includes(column))
    if (strange !== undefined) throw new OptionError('toTable', option, strange, 'one of columns')
  }
  const target = { table: quoted, columns, mode, key, update }
  return tell(sink<Row, WrittenRows>(name, (stage) =>
    batchIntake(stage, { batch, concurrency: 1, ackAtEnd: transaction === 'run' },
      new TableWriter<Row>(database, { target, values, transaction }, stage.scope.clock, onError === 'fail' ? undefined : new Verdicts<Row>(stage, onError)))), TO_TABLE, given)
}

function columnsOf<Row extends object>(given: TableColumns<Row>): { columns: readonly string[]; values: readonly ColumnValue<Row>[] } {
  const columns = Array.isArray(given) ? (given as readonly string[]) : Object.keys(given)
  if (columns.length === 0) throw new OptionError('toTable', 'columns', given, 'a list of names, or { column: (row) => value }')
  for (const [index, column] of columns.entries()) {
    if (!isName(column)) throw new OptionError('toTable', 'columns', column, 'made of names of columns')
    if (columns.indexOf(column) !== index) throw new OptionError('toTable', 'columns', column, 'a list without doubles')
  }
  const values = Array.isArray(given)
    ? columns.map((column): ColumnValue<Row> => (row) => row[column as keyof Row])
    : Object.entries(given).map(([column, value]) => callable('toTable', `columns.${column}`, value as ColumnValue<Row>))
  return { columns, values }
}
