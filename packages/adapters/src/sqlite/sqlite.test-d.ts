import { expectTypeOf, it } from 'vitest'
import { from, type Pipeline, type Source } from '@sluice/core'
import { openSqlite, readCheckpoint, sqliteQuery, sqliteTable, sqliteTables, type SqliteHandle, type SqliteRow, type WrittenRows } from './index'

interface Order {
  readonly id: number
  readonly item: string
}

it('has the rows it is told', () => {
  expectTypeOf(sqliteQuery('shop.db', 'SELECT 1')).toEqualTypeOf<Source<SqliteRow>>()
  expectTypeOf(sqliteQuery<Order>('shop.db', 'SELECT * FROM orders WHERE id > ?', [1])).toEqualTypeOf<Source<Order>>()
  expectTypeOf(openSqlite('shop.db')).resolves.toEqualTypeOf<SqliteHandle>()
  expectTypeOf(readCheckpoint('shop.db', 'orders')).resolves.toBeUnknown()
})

it('knows the values whose checkpoint is written', () => {
  const orders = from<Order>([])
  expectTypeOf(orders.to(sqliteTable<Order>('shop.db', 'orders', { checkpoint: { name: 'orders', of: ({ id }) => id } }))).toEqualTypeOf<Pipeline<WrittenRows>>()
  expectTypeOf(sqliteTables).parameter(0).toEqualTypeOf<Parameters<typeof sqliteTable>[0]>()
  // @ts-expect-error: a mode that there is not
  sqliteTable('shop.db', 'orders', { mode: 'replace' })
})
