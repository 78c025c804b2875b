import { expectTypeOf, test } from 'vitest'
import type { Operator, Sink, Source } from '../index'
import { acked, bookmark, durable, fromDurable, jsonCodec, remember, toDurable, type Codec, type DurableQueue, type StateStore, type Stored } from './index'

declare const queue: DurableQueue
declare const store: StateStore
interface Row { readonly id: number }

test('joints keep the type of their values', () => {
  expectTypeOf(durable<Row>(queue, { name: 'rows' })).toEqualTypeOf<Operator<Row, Row>>()
  expectTypeOf(fromDurable<Row>(queue, { name: 'rows' })).toEqualTypeOf<Source<Row>>()
  expectTypeOf(toDurable<Row>(queue, { name: 'rows', dedup: ({ id }) => String(id) })).toEqualTypeOf<Sink<Row, Stored>>()
  expectTypeOf(jsonCodec<Row>()).toEqualTypeOf<Codec<Row>>()
  // @ts-expect-error a joint has a name
  durable<Row>(queue, {})
  // @ts-expect-error a key is a text
  durable<Row>(queue, { name: 'rows', key: ({ id }) => id })
  // @ts-expect-error there is no such end
  fromDurable<Row>(queue, { name: 'rows', until: 'empty' })
})

test('messages, positions and results are inferred', () => {
  const messages = (async function* () { yield { body: 'a' } })()
  expectTypeOf(acked(messages, { order: 'each', ack: ({ body }) => body.length })).toEqualTypeOf<Source<{ body: string }>>()
  // @ts-expect-error an order is chosen
  acked(messages, { ack: () => {} })
  expectTypeOf(bookmark((from: number | undefined): Row[] => [{ id: from ?? 0 }], { name: 'rows', of: (row: Row) => row.id, store })).toEqualTypeOf<Source<Row>>()
  expectTypeOf(remember('double', async (n: number) => String(n), { key: String, store, ttlMs: 1 })).toEqualTypeOf<(argument: number, signal?: AbortSignal) => Promise<string>>()
})
