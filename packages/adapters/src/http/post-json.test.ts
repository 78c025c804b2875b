import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { deadLetter, from, OptionError, range, retry, type DeadLetter, type Sink } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { postJson, type PostedItems } from '@sluice/adapters/http'
import { map } from '@sluice/operators'
import { manualSource, settle, sinkLaws, trackedSource } from '@sluice/testing'
import { httpServer, type SeenRequest, type TestServer } from '../../test/http-server'

let server: TestServer
afterEach(() => server.close())
const serve = async (answer: (request: SeenRequest, response: ServerResponse) => unknown): Promise<string> => {
  server = await httpServer(answer)
  return server.origin
}
const ok = (_request: SeenRequest, response: ServerResponse): void => { response.writeHead(204).end() }
const bodies = (): unknown[] => server.seen.map(({ body }) => JSON.parse(body) as unknown)
const keys = (): unknown[] => server.seen.map(({ headers }) => headers['idempotency-key'])
/** How many requests it takes is a matter of timing. */
const counting = (inner: Sink<unknown, PostedItems>): Sink<unknown, number> => ({
  name: inner.name,
  open(scope, stage) {
    const intake = inner.open(scope, stage)
    return { ...intake, end: async () => (await intake.end()).items }
  },
})
const collect = (into: DeadLetter[]) => sink<DeadLetter, void>('letters', () => ({ write(batch, count) { into.push(...batch.slice(0, count)) }, end() {} }))
const BOOM = new Error('boom')
const fast = { retry: { delayMs: 1 } }

describe('postJson', () => {
  for (const { name, run } of sinkLaws({
    name: 'postJson',
    // Thousands of requests: without a network. A real server answers all the others.
    make: () => counting(postJson('http://127.0.0.1/', { concurrency: 3, batch: 50, body: (items) => ({ items }), fetch: async () => new Response(null, { status: 204 }) })),
    expected: (values) => values.length,
  })) it(name, async () => {
    await serve(ok)
    await run()
  })

  it('A1: posts each item alone, in order', async () => {
    const origin = await serve(ok)
    expect(await from([{ a: 1 }, 'two', null]).to(postJson(`${origin}/items?x=1`, { method: 'PUT' })).run()).toEqual({ items: 3, requests: 3 })
    expect(bodies()).toEqual([{ a: 1 }, 'two', null])
    expect(server.seen.map(({ method, path, headers }) => [method, path, headers['content-type']])).toEqual(Array.from({ length: 3 }, () => ['PUT', '/items?x=1', 'application/json']))
  })

  it('A1: posts batches as lists, lines, or what body makes of them', async () => {
    const origin = await serve(ok)
    const { items, requests } = await range(0, 1000).to(postJson(origin, { batch: 100 })).run()
    expect(bodies().flat()).toEqual(Array.from({ length: 1000 }, (_, i) => i))
    expect([items, server.seen.length]).toEqual([1000, requests])
    expect(bodies().every((body) => Array.isArray(body) && body.length <= 100)).toBe(true)
    await server.close()
    await from([1, 2]).to(postJson(await serve(ok), { batch: 10, format: 'ndjson' })).run()
    expect(server.seen.map(({ body }) => body).join('')).toBe('1\n2\n')
    expect(server.seen[0]?.headers['content-type']).toBe('application/x-ndjson')
    await server.close()
    await from([7]).to(postJson<number>(await serve(ok), { batch: 10, body: (records) => ({ records }) })).run()
    expect(bodies()).toEqual([{ records: [7] }])
  })

  it.each([301, 302, 303, 307, 308])('A15: behind a redirection with %i all has arrived, or the run fails and names the new address', async (status) => {
    for (const method of ['POST', 'PUT', 'PATCH'] as const) {
      const origin = await serve((request, response) => {
        if (request.path === '/old') response.writeHead(status, { location: '/new?token=secret' }).end()
        else response.writeHead(200).end('<html>Welcome')
      })
      const run = range(0, 3).to(postJson(`${origin}/old`, { batch: 3, method, headers: { authorization: 'Bearer a' }, retry: { times: 5, delayMs: 1 } })).run()
      const arrived = (): unknown[] => server.seen.filter(({ path, body, method: sent }) => path !== '/old' && body !== '' && sent === method).flatMap(({ body }) => JSON.parse(body) as unknown[])
      if (status > 303 || (status < 303 && method !== 'POST')) {
        expect((await run).items).toBe(3)
        expect(arrived()).toEqual([0, 1, 2])
        expect(server.seen.every(({ headers }) => headers.authorization === 'Bearer a')).toBe(true)
      } else {
        await expect(run).rejects.toThrow(`status ${status}: moved to ${origin}/new?token=…, where a ${method} would become a GET`)
        expect(server.seen.every(({ path }) => path === '/old')).toBe(true)
        expect(run.stats().totals).toMatchObject({ read: 3, delivered: 0, failed: 1, abandoned: 2 })
      }
      await server.close()
    }
  })

  it('A15: to another server go no credentials, and a circle ends', async () => {
    const other = await httpServer(ok)
    let origin = await serve((_request, response) => { response.writeHead(307, { location: `${other.origin}/there` }).end() })
    expect(await from([1]).to(postJson(origin, { headers: { authorization: 'Bearer a', 'x-kind': 'b' } })).run()).toMatchObject({ items: 1 })
    expect(other.seen).toMatchObject([{ path: '/there', body: '1', method: 'POST' }])
    expect([other.seen[0]?.headers.authorization, other.seen[0]?.headers['x-kind']]).toEqual([undefined, 'b'])
    await other.close()
    await server.close()
    origin = await serve((_request, response) => { response.writeHead(308, { location: '/again' }).end() })
    await expect(from([1]).to(postJson(origin, { retry: { times: 0 } })).run()).rejects.toThrow('moved more than 20 times')
  })

  it('A16: what was taken, left out and failed is told of each item', async () => {
    const origin = await serve((request, response) => { response.writeHead(request.body.includes('3') || request.body.includes('7') ? 422 : 204).end() })
    const letters: DeadLetter[] = []
    const to = (onError: 'skip' | ReturnType<typeof deadLetter>) => postJson<unknown>(origin, { batch: 10, isolate: true, onError })
    const skipping = range(0, 10).to(to('skip')).run()
    expect((await skipping).items).toBe(8)
    expect(skipping.stats().totals).toMatchObject({ read: 10, delivered: 8, skipped: 2, abandoned: 0 })
    const dead = range(0, 10).to(to(deadLetter(collect(letters)))).run()
    await dead
    expect(dead.stats().totals).toMatchObject({ read: 10, delivered: 8, deadLettered: 2, abandoned: 0 })
    const tracked = trackedSource(Array.from({ length: 10 }, (_, i) => i))
    const run = tracked.source.to(to('skip')).run()
    await run
    expect(run.stats().totals).toMatchObject({ read: 10, delivered: 8, skipped: 2 })
    expect(tracked.settlements).toEqual(Array(10).fill(1))
  })

  it('what comes while a request is under way is the next batch', async () => {
    const answers: ServerResponse[] = []
    const origin = await serve((_request, response) => { answers.push(response) })
    const probe = manualSource<number>()
    const run = probe.source.to(postJson(origin, { batch: 3 })).run()
    probe.emit(1)
    while (answers.length < 1) await settle(1)
    probe.emit(2, 3, 4, 5, 6)
    await settle(4)
    expect(probe.delivered).toBe(4)
    for (let n = 0; n < 3; n++) {
      while (answers.length <= n) await settle(1)
      answers[n]?.writeHead(200).end()
    }
    probe.end()
    await run
    expect(bodies()).toEqual([[1], [2, 3, 4], [5, 6]])
  })

  it('A2: no more requests at once than concurrency says, and no more is read than fits', async () => {
    let most = 0
    let active = 0
    let answered = 0
    let ahead = 0
    let full = (): void => {}
    const four = new Promise<void>((resolve) => { full = resolve })
    const origin = await serve(async (request, response) => {
      most = Math.max(most, ++active)
      if (active === 4) full()
      await four
      await settle(2)
      active--
      answered += (JSON.parse(request.body) as unknown[]).length
      ok(request, response)
    })
    let read = 0
    const run = range(0, 60).pipe(map((n) => { ahead = Math.max(ahead, ++read - answered); return n })).to(postJson(origin, { concurrency: 4, batch: 2 })).run()
    expect((await run).items).toBe(60)
    expect(most).toBe(4)
    // Four requests of two, and a batch that waits.
    expect(ahead).toBeLessThanOrEqual(10)
  })

  it('retries 429, 5xx and broken connections with the same body and the same key; other batches have other keys', async () => {
    const tries = new Map<string, number>()
    const origin = await serve(({ body }, response) => {
      const attempt = (tries.get(body) ?? 0) + 1
      tries.set(body, attempt)
      if (attempt === 1) response.writeHead(429, { 'retry-after': '0' }).end()
      else if (attempt === 2) response.destroy()
      else if (attempt === 3) response.writeHead(500).end()
      else response.end()
    })
    expect(await from(['a', 'b']).to(postJson(origin, fast)).run()).toEqual({ items: 2, requests: 2 })
    expect(bodies()).toEqual(['a', 'a', 'a', 'a', 'b', 'b', 'b', 'b'])
    expect(new Set(keys().slice(0, 4)).size).toBe(1)
    expect(new Set(keys().slice(4)).size).toBe(1)
    expect(new Set(keys()).size).toBe(2)
    expect(keys()[0]).toMatch(/^[\da-f-]{36}$/)
  })

  it('the key can be made of the items, have another name, or be left out', async () => {
    const origin = await serve(ok)
    await from([1, 2]).to(postJson<number>(origin, { idempotencyKey: ([n]) => `order-${String(n)}`, idempotencyHeader: 'X-Request-Id' })).run()
    await from([3]).to(postJson(origin, { idempotencyKey: false })).run()
    expect(server.seen.map(({ headers }) => headers['x-request-id'])).toEqual(['order-1', 'order-2', undefined])
    expect(keys()).toEqual([undefined, undefined, undefined])
  })

  it('A3: without onError a refusal fails the run with the item; no secret is in the error', async () => {
    const origin = await serve(({ body }, response) => { response.writeHead(body === '2' ? 422 : 200).end('S3CRET') })
    const run = from([1, 2, 3]).to(postJson(`${origin}/?key=S3CRET`, { headers: { authorization: 'S3CRET' } })).run()
    await expect(run).rejects.toThrow(/postJson: POST http:\/\/127.0.0.1:\d+\/\?key=…: status 422$/)
    expect(run.failure).toMatchObject({ item: 2, stage: 'postJson', suppressed: [] })
    expect(JSON.stringify(await run.then(() => '', (error: unknown) => error))).not.toContain('S3CRET')
  })

  it('R33: each item of a batch that failed is decided about by itself, and the rest is sent again', async () => {
    let release!: () => void
    const allThere = new Promise<void>((resolve) => { release = resolve })
    const origin = await serve(async ({ body }, response) => {
      if (body.includes('good')) await allThere
      response.writeHead(body.includes('bad') ? 422 : 200).end()
    })
    const letters: DeadLetter[] = []
    const box = deadLetter(collect(letters))
    // What comes while 'good' is under way is the next batch.
    const items = (async function* () {
      yield* ['good', 'bad', 'late', 'dull']
      await settle()
      release()
    })()
    const run = from(items).to(postJson<string>(origin, {
      batch: 10,
      concurrency: 1,
      onError: (error, item, attempt, random) => (item === 'bad' ? box(error, item, attempt, random) : item === 'dull' ? 'skip' : { retryAfterMs: 1 }),
    })).run()
    expect((await run).items).toBe(2)
    expect(letters).toMatchObject([{ item: 'bad', stage: 'postJson', error: { status: 422 } }])
    // How the first ones were batched is a matter of timing; what was sent again is not.
    const last = bodies().at(-1)
    expect(last).toContain('late')
    expect(last).not.toContain('bad')
    expect(last).not.toContain('dull')
    expect(new Set(keys()).size).toBe(server.seen.length)
    expect(run.stats().stages.find(({ name }) => name === 'postJson')).toMatchObject({ deadLettered: 1 })
  })

  it('R31: items that are tried again by onError keep their key', async () => {
    const origin = await serve((_request, response) => { response.writeHead(server.seen.length < 3 ? 400 : 200).end() })
    await from(['a']).to(postJson(origin, { onError: retry({ times: 5, delayMs: 0 }) })).run()
    expect(server.seen).toHaveLength(3)
    expect(new Set(keys()).size).toBe(1)
  })

  it('isolate finds the items at fault in a batch that is refused', async () => {
    const origin = await serve(({ body }, response) => { response.writeHead((JSON.parse(body) as number[]).some((n) => n % 7 === 6) ? 422 : 200).end() })
    const letters: DeadLetter[] = []
    const posted = await range(0, 20).to(postJson(origin, { batch: 20, isolate: true, onError: deadLetter(collect(letters)) })).run()
    expect(letters.map(({ item }) => item).sort()).toEqual([13, 6])
    expect(posted.items).toBe(18)
  })

  it('A4: an abort reaches the server, and ends waits for the next try, those of onError too', async () => {
    for (const [status, onError] of [[0, 'fail'], [503, 'fail'], [400, retry({ times: 9, delayMs: 60_000 })]] as const) {
      const origin = await serve((_request, response) => { if (status) response.writeHead(status, { 'retry-after': '60' }).end() })
      const run = range(0, 100).to(postJson(origin, { concurrency: 3, onError })).run()
      while (server.seen.length < 3) await settle(1)
      await settle(10)
      const begin = performance.now()
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
      expect(performance.now() - begin).toBeLessThan(500)
      expect(run.unstopped).toEqual([])
      while (server.open() > 0) await settle(1)
      await server.close()
    }
  })

  it('T1: tickets are acknowledged when items were taken or skipped, and given back where the run failed', async () => {
    const origin = await serve(({ body }, response) => { response.writeHead(body === '2' || body === '4' ? 400 : 200).end() })
    const tracked = trackedSource([1, 2, 3, 4, 5])
    const run = tracked.source.to(postJson(origin, { onError: (_error, item) => (item === 2 ? 'skip' : 'fail') })).run()
    await expect(run).rejects.toMatchObject({ status: 400 })
    expect(tracked.statuses.slice(0, 4)).toEqual(['ack', 'ack', 'ack', 'nack'])
    expect(tracked.settlements.every((times) => times === 1)).toBe(true)
  })

  it('a value that is no JSON is decided about like any other failure', async () => {
    const origin = await serve(ok)
    const loop: { self?: unknown } = {}
    loop.self = loop
    expect(await from<unknown>([1, () => {}, loop, 2]).to(postJson(origin, { onError: 'skip' })).run()).toEqual({ items: 2, requests: 2 })
    await expect(from<unknown>([undefined]).to(postJson(origin)).run()).rejects.toThrow('a undefined is no JSON')
  })

  it.each([
    () => { postJson('nowhere') },
    () => { postJson('http://a/', { batch: 0 }) },
    () => { postJson('http://a/', { concurrency: 0 }) },
    () => { postJson('http://a/', { method: 'GET' as never }) },
    () => { postJson('http://a/', { format: 'xml' as never }) },
    () => { postJson('http://a/', { body: {} as never }) },
    () => { postJson('http://a/', { idempotencyKey: 'x' as never }) },
    () => { postJson('http://a/', { idempotencyHeader: 'a b' }) },
    () => { postJson('http://a/', { onError: 'ignore' as never }) },
  ])('options that cannot work fail when the pipeline is built (%#)', async (build) => {
    await serve(ok)
    expect(build).toThrow(OptionError)
  })
})
