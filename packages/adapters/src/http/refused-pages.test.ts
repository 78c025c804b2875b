import { afterEach, expect, it } from 'vitest'
import { deadLetter, forEach, retry, toArray, type DeadLetter } from '@sluice/core'
import { fetchPages, type FetchPagesOptions } from '@sluice/adapters/http'
import { httpServer, type TestServer } from '../../test/http-server'

interface Body {
  readonly data?: readonly number[]
  readonly next?: string
}

let server: TestServer | undefined
afterEach(() => server?.close())

/** Three pages of two items; the second has no list. */
async function pages(options: FetchPagesOptions<number, Body>) {
  server = await httpServer(({ path }, response) => {
    const page = Number(new URL(path, 'http://a').searchParams.get('page') ?? 1)
    response.end(JSON.stringify({ ...(page !== 2 && { data: [page * 10, page * 10 + 1] }), ...(page < 3 && { next: `?page=${page + 1}` }) }))
  })
  const items = (body: Body): Iterable<number> => body.data as readonly number[]
  return fetchPages<number, Body>(`${server.origin}/items?token=S3CRET`, { items, next: ({ body }) => body.next, ...options })
}

it('R30: a page of which items makes nothing is left out, and the pages behind it are read', async () => {
  const run = (await pages({ onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([10, 11, 30, 31])
  expect(run.stats().totals).toMatchObject({ read: 5, delivered: 4, skipped: 1 })
})

it('R30: it is written to a dead letter, with its body and without the values of its query', async () => {
  const letters: DeadLetter[] = []
  const run = (await pages({ name: 'orders', onError: deadLetter(forEach((letter: DeadLetter) => { letters.push(letter) })) })).to(toArray()).run()
  expect(await run).toEqual([10, 11, 30, 31])
  expect(letters).toMatchObject([{ stage: 'orders', item: { url: `${server?.origin}/items?page=…`, index: 1, body: { next: '?page=3' } } }])
  expect(run.stats().totals).toMatchObject({ read: 5, delivered: 4, deadLettered: 1 })
})

it('R30: items is called again, and the page is not fetched again', async () => {
  let calls = 0
  const items = ({ data }: Body): Iterable<number> => data ?? (++calls < 3 ? (undefined as never) : [20])
  const run = (await pages({ items, onError: retry({ times: 3, delayMs: 1 }) })).to(toArray()).run()
  expect(await run).toEqual([10, 11, 20, 30, 31])
  expect(calls).toBe(3)
  expect(server?.seen).toHaveLength(3)
})

it('R30: where the tries are used up, or there are none, the run fails with the page, after the items before it', async () => {
  for (const [onError, attempt] of [[undefined, 1], [retry({ times: 1, delayMs: 1 }), 2]] as const) {
    const got: number[] = []
    const run = (await pages({ onError })).to(forEach((n) => { got.push(n) })).run()
    await expect(run).rejects.toThrow('not iterable')
    expect(got).toEqual([10, 11])
    expect(run.failure).toMatchObject({ stage: 'fetchPages', attempt, item: { index: 1 } })
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, failed: 1 })
    await server?.close()
  }
})

it('R30: where next fails and is skipped, that page was the last', async () => {
  const next = ({ index, body }: { index: number; body: Body }): string | undefined => {
    if (index === 0) throw new Error('no next')
    return body.next
  }
  const run = (await pages({ next, onError: 'skip' })).to(toArray()).run()
  expect(await run).toEqual([10, 11])
  expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, skipped: 1 })
})

it('R30: a stop cuts the wait for the next try short', async () => {
  const run = (await pages({ onError: retry({ times: 3, delayMs: 60_000, jitter: 0 }) })).to(toArray()).run()
  while (run.stats().totals.delivered < 2) await new Promise((resolve) => setTimeout(resolve, 5))
  await new Promise((resolve) => setTimeout(resolve, 50))
  const report = await run.stop({ deadlineMs: 5_000 })
  expect(report).toMatchObject({ status: 'completed', deadlineExceeded: false })
  expect(await run).toEqual([10, 11])
})
