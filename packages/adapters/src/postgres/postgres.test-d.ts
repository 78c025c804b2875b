import type { Client, Pool, PoolClient } from 'pg'
import { expectTypeOf, it } from 'vitest'
import { from, type Pipeline, type Sink, type Source } from '@sluice/core'
import { fromQuery, toTable, type PgDatabase, type PgPool, type WrittenRows } from './index'

interface Order {
  readonly id: number
  readonly total: string
}
declare const pool: Pool

it('takes what pg has', () => {
  expectTypeOf<Pool>().toExtend<PgPool>()
  expectTypeOf<Client>().toExtend<PgDatabase>()
  expectTypeOf<PoolClient>().toExtend<PgDatabase>()
})

it('rows are what they are said to be', () => {
  expectTypeOf(fromQuery<Order>(pool, 'SELECT 1')).toEqualTypeOf<Source<Order>>()
  expectTypeOf(fromQuery(pool, 'SELECT 1')).toEqualTypeOf<Source<Record<string, unknown>>>()
  // @ts-expect-error: not a pool
  fromQuery('postgres://localhost', 'SELECT 1')
})

it('columns are keys of the rows that come in', () => {
  const orders = from<Order>([])
  expectTypeOf(orders.to(toTable(pool, 'orders', { columns: ['id', 'total'] }))).toEqualTypeOf<Pipeline<WrittenRows>>()
  expectTypeOf(toTable<Order>(pool, 'orders', { columns: ['id'] })).toEqualTypeOf<Sink<Order, WrittenRows>>()
  orders.to(toTable(pool, ['sales', 'orders'], { columns: { id: (row) => row.id, doc: (row) => row.total.length } }))
  // @ts-expect-error: an order has no such key
  toTable<Order>(pool, 'orders', { columns: ['id', 'customer'] })
  // @ts-expect-error: an order has no such key
  toTable<Order>(pool, 'orders', { columns: { customer: (row): unknown => row.customer } })
  // @ts-expect-error: columns are always stated
  toTable<Order>(pool, 'orders', {})
})
