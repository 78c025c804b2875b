import type { ServerResponse } from 'node:http'
import { afterEach, describe, expect, it } from 'vitest'
import { OptionError, toArray } from '@sluice/core'
import { fetchNdjson } from '@sluice/adapters/http'
import { take } from '@sluice/operators'
import { manualSink, settle, sourceLaws } from '@sluice/testing'
import { httpServer, type TestServer } from '../../test/http-server'

let server: TestServer
afterEach(() => server.close())
const serve = async (answer: (response: ServerResponse) => unknown): Promise<string> => {
  server = await httpServer((_request, response) => answer(response))
  return server.origin
}
const BOOM = new Error('boom')
const lines = (count: number): string => Array.from({ length: count }, (_, n) => JSON.stringify({ n })).join('\n')

describe('fetchNdjson', () => {
  for (const { name, run } of sourceLaws({
    name: 'fetchNdjson',
    make: () => fetchNdjson<{ n: number }>(server.origin),
    expected: Array.from({ length: 25 }, (_, n) => ({ n })),
  })) it(name, async () => {
    await serve((response) => { response.end(`${lines(25)}\n`) })
    await run()
  })

  it('A1: lines cut anyhow, blank ones, and a last one without an end', async () => {
    const bytes = Buffer.from('{"a":"ü🙂"}\r\n\n  \n[1]\n"last"')
    const origin = await serve(async (response) => {
      for (const byte of bytes) {
        response.write(Buffer.of(byte))
        await settle(1)
      }
      response.end()
    })
    expect(await fetchNdjson(origin).to(toArray()).run()).toEqual([{ a: 'ü🙂' }, [1], 'last'])
  })

  it('emits a value as soon as its line is there', async () => {
    let response: ServerResponse | undefined
    const origin = await serve((given) => { response = given.writeHead(200) })
    const reader = manualSink<unknown>()
    const run = fetchNdjson(origin).to(reader.sink).run()
    // One more than there are: it is the end that is met.
    reader.request(4)
    while (!response) await settle(1)
    for (const n of [1, 2]) {
      response.write(`${n}\n`)
      while (reader.values.length < n) await settle(1)
    }
    response.end('3')
    await run
    expect(reader.values).toEqual([1, 2, 3])
  })

  it('A2: behind a reader that takes no more, the server is held back', async () => {
    let sent = 0
    const origin = await serve((response) => {
      const line = `${JSON.stringify('x'.repeat(1000))}\n`
      const push = (): void => {
        while (!response.destroyed) {
          sent += line.length
          if (!response.write(line)) break
        }
      }
      response.on('drain', push)
      push()
    })
    const reader = manualSink<unknown>()
    const run = fetchNdjson(origin).to(reader.sink).run()
    reader.request(5)
    while (reader.values.length < 5) await settle(1)
    let before = -1
    // Buffers of the sockets fill, and then it is over.
    for (let i = 0; i < 2000 && before !== sent; i++) {
      before = sent
      await new Promise((resolve) => { setTimeout(resolve, 50) })
    }
    expect(sent).toBeLessThan(32 * 1024 * 1024)
    expect(before).toBe(sent)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    while (server.open() > 0) await settle(1)
  })

  it('take closes the connection', async () => {
    const origin = await serve((response) => { response.writeHead(200).write(`${lines(10)}\n`) })
    expect(await fetchNdjson(origin).pipe(take(2)).to(toArray()).run()).toEqual([{ n: 0 }, { n: 1 }])
    while (server.open() > 0) await settle(1)
  })

  it('retries until the answer begins, and not after', async () => {
    let tries = 0
    const origin = await serve((response) => {
      if (++tries < 3) response.writeHead(503).end()
      else {
        response.writeHead(200, { 'content-length': 1000 }).write('1\n2\n3')
        setImmediate(() => { response.destroy() })
      }
    })
    const values: unknown[] = []
    await expect((async () => {
      for await (const value of fetchNdjson(origin, { retry: { delayMs: 1 } })) values.push(value)
    })()).rejects.toThrow(/broke off: .*, after 5 bytes/)
    expect(values).toEqual([1, 2])
    expect(tries).toBe(3)
  })

  it('a server that sends nothing any more fails the run', async () => {
    const origin = await serve((response) => { response.writeHead(200).write('1\n') })
    await expect(fetchNdjson(`${origin}/?t=S3CRET`, { idleMs: 50 }).to(toArray()).run()).rejects.toThrow(/\/\?t=…: nothing came for 50 ms, after 2 bytes/)
    while (server.open() > 0) await settle(1)
  })

  it('a line that is no JSON goes where onError says, and names its place', async () => {
    const origin = await serve((response) => { response.end('1\n\n{no\n3') })
    expect(await fetchNdjson(origin, { onError: 'skip' }).to(toArray()).run()).toEqual([1, 3])
    const run = fetchNdjson(origin).to(toArray()).run()
    await expect(run).rejects.toThrow(/line 3: no JSON/)
    expect(run.failure?.item).toEqual({ text: '{no', line: 3 })
  })

  it('a line that is too long fails, and is not kept', async () => {
    const origin = await serve((response) => { response.end(`1\n${'x'.repeat(2000)}`) })
    await expect(fetchNdjson(origin, { maxLineLength: 1000 }).to(toArray()).run()).rejects.toThrow(/line 2 is longer than 1000 characters/)
  })

  it.each([
    () => { fetchNdjson('nowhere') },
    () => { fetchNdjson('http://a/', { maxLineLength: 0 }) },
    () => { fetchNdjson('http://a/', { idleMs: 0 }) },
    () => { fetchNdjson('http://a/', { onError: 'ignore' as never }) },
  ])('options that cannot work fail when the pipeline is built (%#)', async (build) => {
    await serve(() => {})
    expect(build).toThrow(OptionError)
  })
})
