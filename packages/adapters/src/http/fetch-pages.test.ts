import type { ServerResponse } from 'node:http'
import { inspect } from 'node:util'
import { afterEach, describe, expect, it } from 'vitest'
import { OptionError, toArray } from '@sluice/core'
import { byCursor, byLink, byNumber, fetchPages, HttpError, type FetchPagesOptions } from '@sluice/adapters/http'
import { take } from '@sluice/operators'
import { manualSink, settle, sourceLaws } from '@sluice/testing'
import { httpServer, type SeenRequest, type TestServer } from '../../test/http-server'
import { linkTo } from './link-header'

let servers: TestServer[] = []
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()))
  servers = []
})
const serve = async (answer: (request: SeenRequest, response: ServerResponse) => unknown): Promise<TestServer> => {
  const server = await httpServer(answer)
  servers.push(server)
  return server
}
const json = (response: ServerResponse, body: unknown, headers: Record<string, string> = {}, status = 200): void => {
  response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body))
}
/** Items 0 to 24, ten on a page, linked by header. */
const linked = (request: SeenRequest, response: ServerResponse): void => {
  const page = Number(new URL(request.path, 'http://a').searchParams.get('page') ?? 1)
  const items = Array.from({ length: 25 }, (_, i) => i).slice((page - 1) * 10, page * 10)
  json(response, items, page < 3 ? { link: `</items?page=1>; rel="first", </items?page=${page + 1}>; rel="next"` } : {})
}
const fast = { retry: { delayMs: 1 } }
const BOOM = new Error('boom')

describe('fetchPages', () => {
  for (const { name, run } of sourceLaws({
    name: 'fetchPages',
    make: () => fetchPages<number>(`${servers[0]?.origin ?? ''}/items`),
    expected: Array.from({ length: 25 }, (_, i) => i),
  })) it(name, async () => {
    await serve(linked)
    await run()
  })

  it('A1: follows the Link header, one page at a time', async () => {
    const { origin, seen } = await serve(linked)
    expect(await fetchPages<number>(`${origin}/items`, { next: byLink() }).to(toArray()).run()).toEqual(Array.from({ length: 25 }, (_, i) => i))
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /items', 'GET /items?page=2', 'GET /items?page=3'])
  })

  it('A1: follows a cursor of the body, and keeps the rest of the query', async () => {
    const { origin, seen } = await serve(({ path }, response) => {
      const at = Number(new URL(path, 'http://a').searchParams.get('after') ?? 0)
      json(response, { data: [at, at + 1], cursor: at < 4 ? at + 2 : null })
    })
    interface Body { readonly data: number[]; readonly cursor: number | null }
    const source = fetchPages(`${origin}/?limit=2`, { items: (body: Body) => body.data, next: byCursor('after', (body: Body) => body.cursor) })
    expect(await source.to(toArray()).run()).toEqual([0, 1, 2, 3, 4, 5])
    expect(seen.map(({ path }) => path)).toEqual(['/?limit=2', '/?limit=2&after=2', '/?limit=2&after=4'])
  })

  it.each([
    ['/', byNumber(), ['/', '/?page=2', '/?page=3']],
    ['/?p=5', byNumber('p'), ['/?p=5', '/?p=6', '/?p=7']],
    ['/', byNumber('offset', { first: 0, step: 2 }), ['/', '/?offset=2', '/?offset=4']],
  ])('A1: counts pages from %s until one is empty (%#)', async (path, next, paths) => {
    let pages = 0
    const { origin, seen } = await serve((_request, response) => { json(response, ++pages < 3 ? [pages, pages] : []) })
    expect(await fetchPages<number>(`${origin}${path}`, { next }).to(toArray()).run()).toEqual([1, 1, 2, 2])
    expect(seen.map((request) => request.path)).toEqual(paths)
  })

  it('passes over empty pages that lead on, and ends after maxPages', async () => {
    let pages = 0
    const { origin } = await serve((_request, response) => { json(response, ++pages % 2 ? [] : [pages], { link: `</${pages}>; rel=next` }) })
    expect(await fetchPages<number>(`${origin}/`, { maxPages: 5 }).to(toArray()).run()).toEqual([2, 4])
    expect(pages).toBe(5)
  })

  it('A2: a page is fetched when the items of the one before are used up', async () => {
    const { origin, seen } = await serve(linked)
    const reader = manualSink<number>()
    const run = fetchPages<number>(`${origin}/items`).to(reader.sink).run()
    await settle(4)
    expect(seen).toHaveLength(0)
    reader.request(10)
    while (reader.values.length < 10) await settle(1)
    await settle(10)
    expect(seen).toHaveLength(1)
    reader.request(1)
    while (reader.values.length < 11) await settle(1)
    expect(seen).toHaveLength(2)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
  })

  it('take fetches no page more than it needs', async () => {
    const { origin, seen } = await serve(linked)
    expect(await fetchPages<number>(`${origin}/items`).pipe(take(10)).to(toArray()).run()).toHaveLength(10)
    expect(seen).toHaveLength(1)
  })

  it('retries 429 and 503 as Retry-After says, and a broken connection, and gives up after so many times', async () => {
    const at: number[] = []
    let tries = 0
    const { origin } = await serve((_request, response) => {
      at.push(performance.now())
      if (++tries === 1) json(response, {}, { 'retry-after': '1' }, 429)
      else if (tries === 2) response.destroy()
      else if (tries === 3) json(response, {}, {}, 503)
      else json(response, [1])
    })
    expect(await fetchPages<number>(origin, fast).to(toArray()).run()).toEqual([1])
    expect(tries).toBe(4)
    expect((at[1] ?? 0) - (at[0] ?? 0)).toBeGreaterThanOrEqual(990)
    expect((at[3] ?? 0) - (at[1] ?? 0)).toBeLessThan(900)
    const down = await serve((_request, response) => { json(response, { sorry: true }, {}, 502) })
    const run = fetchPages(down.origin, { retry: { times: 2, delayMs: 1 } }).to(toArray()).run()
    await expect(run).rejects.toThrow(/: status 502, after 3 attempts$/)
    await expect(run).rejects.toMatchObject({ status: 502, attempts: 3, responseText: '{"sorry":true}' })
    expect(run.failure?.stage).toBe('fetchPages')
  })

  it('a body that breaks off is an attempt that failed', async () => {
    let tries = 0
    const { origin } = await serve((_request, response) => {
      if (++tries > 1) json(response, [1, 2])
      else {
        response.writeHead(200, { 'content-length': '100' }).write('[1, ')
        setImmediate(() => { response.destroy() })
      }
    })
    expect(await fetchPages<number>(origin, fast).to(toArray()).run()).toEqual([1, 2])
    expect(tries).toBe(2)
  })

  it('a body that takes too long is an attempt that failed, and its connection is closed', async () => {
    const server = await serve((_request, response) => { response.writeHead(200).write('[') })
    const run = fetchPages(server.origin, { timeoutMs: 50, retry: { times: 1, delayMs: 1 } }).to(toArray()).run()
    await expect(run).rejects.toThrow(/no answer within 50 ms, after 2 attempts/)
    while (server.open() > 0) await settle(1)
  })

  it('what is not worth it is not retried', async () => {
    const { origin, seen } = await serve(({ path }, response) => {
      if (path === '/404') json(response, {}, {}, 404)
      else if (path === '/text') response.end('<html>')
      else response.end(`[${'1,'.repeat(1000)}1]`)
    })
    await expect(fetchPages(`${origin}/404`, fast).to(toArray()).run()).rejects.toThrow(/404: status 404$/)
    await expect(fetchPages(`${origin}/text`, fast).to(toArray()).run()).rejects.toThrow(/text: no JSON/)
    await expect(fetchPages(`${origin}/long`, { ...fast, maxBytes: 500 }).to(toArray()).run()).rejects.toThrow(/long: the answer is longer than 500 bytes/)
    await expect(fetchPages(`${origin}/object`, { items: () => { throw BOOM } }).to(toArray()).run()).rejects.toBe(BOOM)
    expect(seen).toHaveLength(4)
  })

  it('A4: an abort reaches the server, also while a body comes in, and ends a wait for the next try', async () => {
    const answers: ((response: ServerResponse) => void)[] = [
      () => {},
      (response) => { response.writeHead(200).write('[1,') },
      (response) => { json(response, {}, { 'retry-after': '30' }, 429) },
    ]
    for (const answer of answers) {
      const server = await serve((_request, response) => { answer(response) })
      const run = fetchPages(server.origin).to(toArray()).run()
      while (server.seen.length === 0) await settle(1)
      await settle(5)
      const begin = performance.now()
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
      expect(performance.now() - begin).toBeLessThan(500)
      expect(run.unstopped).toEqual([])
      expect(run.failure?.suppressed ?? []).toEqual([])
      while (server.open() > 0) await settle(1)
    }
  })

  it('no secret is in an error, however it is printed', async () => {
    const { origin } = await serve((_request, response) => { json(response, { token: 'S3CRET-body' }, {}, 500) })
    const secret = new URL(`${origin}/a?token=S3CRET&page=2#S3CRET`)
    secret.username = 'S3CRET'
    secret.password = 'S3CRET'
    const options: FetchPagesOptions<unknown, unknown> = { headers: { authorization: 'Bearer S3CRET', 'x-api-key': 'S3CRET' }, retry: { times: 1, delayMs: 1 } }
    const failing: FetchPagesOptions<unknown, unknown>[] = [options, { ...options, timeoutMs: 1 }, { ...options, fetch: async (request) => { throw new TypeError(`cannot fetch ${request.url}`) } }]
    for (const each of failing) {
      const run = fetchPages(secret, each).to(toArray()).run()
      const error: unknown = await run.then(() => undefined, (thrown: unknown) => thrown)
      expect(error).toBeInstanceOf(HttpError)
      expect(`${inspect(error, { depth: 10 })}${JSON.stringify(error)}${(error as Error).stack}${inspect(run.failure, { depth: 5 })}`).not.toContain('S3CRET')
      expect((error as HttpError).url).toBe(`${origin}/a?token=…&page=…`)
    }
    expect(() => fetchPages('S3CRET')).toThrow(/url must be an absolute URL of http or https, got "string"/)
    await expect(fetchPages('http://127.0.0.1:1/?t=S3CRET', { retry: { times: 0 } }).to(toArray()).run()).rejects.toThrow(/127.0.0.1:1\/\?t=…: .*(ECONNREFUSED|bad port)/)
  })

  it('credentials of the URL and headers of a function are sent, with every page', async () => {
    const { origin, seen } = await serve(linked)
    const url = new URL(`${origin}/items`)
    url.username = 'jö'
    url.password = 'p:w'
    let asked = 0
    await fetchPages(url, { headers: async () => ({ 'x-token': String(++asked) }) }).to(toArray()).run()
    expect(seen.map(({ headers }) => [headers.authorization, headers['x-token'], headers.accept])).toEqual(
      [1, 2, 3].map((n) => [`Basic ${Buffer.from('jö:p:w').toString('base64')}`, String(n), 'application/json']))
  })

  it('a page must not lead to another server, nor to itself', async () => {
    const other = await serve((_request, response) => { json(response, ['stolen']) })
    const { origin } = await serve(({ path }, response) => { json(response, [1], { link: path === '/self' ? '</self>; rel="next"' : `<${other.origin}/>; rel="next"` }) })
    await expect(fetchPages(`${origin}/away`, { headers: { authorization: 'Bearer x' } }).to(toArray()).run()).rejects.toThrow(`said to be at ${other.origin}, where its headers are not sent`)
    await expect(fetchPages(`${origin}/self`).to(toArray()).run()).rejects.toThrow('said to be this one again')
    expect(other.seen).toEqual([])
  })

  it('keys that would change a prototype are left out', async () => {
    const { origin } = await serve((_request, response) => { response.end('[{"__proto__":{"admin":true},"a":1}]') })
    expect(await fetchPages(origin).to(toArray()).run()).toEqual([{ a: 1 }])
  })

  it.each([
    () => { fetchPages('/relative') },
    () => { fetchPages('ftp://a/') },
    () => { fetchPages('http://a/', { items: 'data' as never }) },
    () => { fetchPages('http://a/', { maxBytes: 0 }) },
    () => { fetchPages('http://a/', { timeoutMs: 0 }) },
    () => { fetchPages('http://a/', { retry: { times: -1 } }) },
    () => { fetchPages('http://a/', { retry: { statuses: [200] } }) },
    () => { fetchPages('http://a/', { headers: { 'a b': 'c' } }) },
    () => { byNumber('') },
    () => { byCursor('a', 'b' as never) },
  ])('options that cannot work fail when the pipeline is built (%#)', (build) => {
    expect(build).toThrow(OptionError)
  })
})

it.each([
  ['<https://a/?page=2>; rel="next"', 'https://a/?page=2'],
  ['<a,b;c>; title="x, <y>; rel=\\"next\\""; rel=prev, </2>; rel="last next"', '/2'],
  ['</1>; rel=NEXT; type="text/html", </2>; rel=next', '/1'],
  ['</1>; rel="nextish", </2>', undefined],
  ['', undefined],
  [null, undefined],
])('Link: %s leads to %s', (header, expected) => {
  expect(linkTo(header, 'next')).toBe(expected)
})
