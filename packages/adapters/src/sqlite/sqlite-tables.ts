import { check, coded, declare, knownIn, maybeFn, optionsOf, rule, tell } from '@sluice/core/authoring'
import type { Sink } from '@sluice/core'
import { databaseRule, type SqliteDatabase } from './handle'
import { row, tableSink, transactionRules, type TransactionOptions } from './sqlite-table'
import { checkTable, tableRules, type TableOptions } from './table-columns'
import type { WrittenRows } from './table-intake'

const SQLITE_TABLES = /* @__PURE__ */ declare('sqliteTables', () => ({
  args: { database: databaseRule(), tables: rule('an object of at least one table', (value) => typeof value === 'object' && value !== null && Object.keys(value).length > 0) },
  options: { rows: maybeFn, ...transactionRules() },
}), ({ batch }) => ({ holds: batch }))

/** Rows for each table; a table that is left out gets none. */
export type SqliteRows<K extends string> = { readonly [table in K]?: readonly object[] | undefined }

/**
 * Writes each value as rows of several tables, all of them in one transaction, with the checkpoint; resolves with the
 * number of rows and transactions.
 *
 * A value is never cut: all its rows are there, or none. Within a table rows keep their order; in a transaction, tables are
 * written in the order in which they are named here. Everything else is as in {@link sqliteTable}.
 *
 * - **holds back** while a transaction is written, and while somebody else holds the lock
 * - **on completion** what is left is committed; a database that was opened here is closed
 * - **buffers** a batch of rows, and for `withinMs` at most
 * - **on failure** of a row the transaction is rolled back and the value goes where `onError` says, with all its rows; else the
 *   failure names the row, and the run fails
 * - **on abort** what was not committed is given up
 *
 * @param database a path, opened by each run; or an open database, which stays open.
 * @param tables how each table is written, by its name: `columns`, `mode`, `key`.
 * @param options `rows` (what of a value goes where; default: the value says it itself), `batch` (rows, default 500),
 * `withinMs` (default 200), `busyTimeoutMs` (default 5,000), `checkpoint` (default: none),
 * `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const shop = sqliteTables('shop.db', {
 *   orders: { columns: { id: 'integer' }, key: ['id'] },
 *   lines: { columns: { order: 'integer', item: 'text' } },
 * })
 * await from([{ orders: [{ id: 1 }], lines: [{ order: 1, item: 'tea' }, { order: 1, item: 'milk' }] }]).to(shop).run()
 * // { rows: 3, transactions: 1 }
 * ```
 */
export function sqliteTables<K extends string, T = SqliteRows<K>>(
  database: SqliteDatabase,
  tables: Readonly<Record<K, TableOptions>>,
  options: TransactionOptions<T> & { readonly rows?: ((value: T) => SqliteRows<K>) | undefined } = {},
): Sink<T, WrittenRows> {
  const given = SQLITE_TABLES.read(options, { database, tables })
  const names = Object.keys(tables) as K[]
  const { rows: rowsOf = (value: T) => value as SqliteRows<K> } = given
  return tell(tableSink<T>('sqliteTables', database, given, {
    tables: names.map((name) => checkTable('sqliteTables', name, tableIn(name, tables[name]))),
    spread(value, lists) {
      const given = row('sqliteTables', rowsOf(value)) as SqliteRows<K>
      let count = 0
      for (const name in given) if (!names.includes(name)) throw coded('SLUICE_VALUE', new TypeError(`sqliteTables: no table ${JSON.stringify(name)} was named; there are ${names.join(', ')}`))
      for (const [index, name] of names.entries()) {
        for (const item of given[name] ?? []) {
          lists[index]?.push(row('sqliteTables', item))
          count++
        }
      }
      return count
    },
  }), SQLITE_TABLES, given)
}

/** The options of one of the tables, in the words of all of them: `tables.orders.mode`. */
function tableIn(name: string, options: TableOptions) {
  const rules = tableRules()
  const given = optionsOf('sqliteTables', options)
  knownIn('sqliteTables', `tables.${name}`, given, Object.keys(rules))
  const read = <R>(option: keyof TableOptions): R => check(rules[option], 'sqliteTables', `tables.${name}.${option}`, given[option]) as R
  return { columns: read<TableOptions['columns']>('columns'), mode: read<'insert' | 'upsert'>('mode'), key: read<readonly string[]>('key') }
}
