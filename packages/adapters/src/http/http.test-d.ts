import { expectTypeOf, it } from 'vitest'
import { from, type Pipeline, type Source } from '@sluice/core'
import { byCursor, byLink, byNumber, fetchNdjson, fetchPages, postJson, type PostedItems } from './index'

interface Body {
  readonly data: readonly { readonly id: number }[]
  readonly next?: string
}

it('infers items from the function that takes them out of a page', () => {
  expectTypeOf(fetchPages('https://a/', { items: (body: Body) => body.data })).toEqualTypeOf<Source<{ readonly id: number }>>()
  expectTypeOf(fetchPages('https://a/', { items: (body: Body) => body.data, next: byCursor('c', (body: Body) => body.next) })).toEqualTypeOf<Source<{ readonly id: number }>>()
  expectTypeOf(fetchPages<number>('https://a/', { next: byLink() })).toEqualTypeOf<Source<number>>()
  expectTypeOf(fetchPages<string>('https://a/', { next: byNumber('page', { first: 0 }) })).toEqualTypeOf<Source<string>>()
  expectTypeOf(fetchPages('https://a/')).toEqualTypeOf<Source<unknown>>()
  expectTypeOf(fetchNdjson<Body>('https://a/')).toEqualTypeOf<Source<Body>>()
})

it('knows the items it posts', () => {
  const orders = from<{ readonly id: number }>([])
  expectTypeOf(orders.to(postJson('https://a/', { body: (items) => items.map(({ id }) => id), onError: (_error, { id }) => (id > 1 ? 'skip' : 'fail') }))).toEqualTypeOf<Pipeline<PostedItems>>()
  orders.to(postJson((items) => `https://a/${items[0]?.id ?? 0}`))
  // @ts-expect-error: concurrency is a number
  postJson('https://a/', { concurrency: '3' })
})
