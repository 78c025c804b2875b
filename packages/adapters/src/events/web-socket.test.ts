import { once } from 'node:events'
import { deserialize, serialize } from 'node:v8'
import { expect, it } from 'vitest'
import { WebSocket } from 'ws'
import { count, from, never, OptionError, range, toArray } from '@sluice/core'
import { fromWebSocket, toWebSocket, WebSocketClosedError } from '@sluice/adapters/events'
import { map, take } from '@sluice/operators'
import { manualSink, manualSource, settle, VirtualClock } from '@sluice/testing'
import { passageLaws } from '../../test/passage-laws'
import { encoding } from '../../test/encoding'
import { socketPair } from '../../test/web-sockets'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')

for (const { name, run } of passageLaws({
  name: 'toWebSocket and fromWebSocket',
  async open() {
    const { client, server, held, close } = await socketPair()
    // Values cross as bytes.
    const sink = encoding(toWebSocket<Uint8Array>(client), serialize)
    return { sink, source: fromWebSocket<Buffer>(server, ALL).pipe(map((data) => deserialize(data) as unknown)), held, close }
  },
})) it(name, run)

it('A1: a socket that is still connecting is waited for', async () => {
  const { client, server, close } = await socketPair()
  const late = new WebSocket(client.url)
  const sent = from(['a', 'b']).to(toWebSocket(late, { preventClose: true })).run()
  expect(late.readyState).toBe(WebSocket.CONNECTING)
  expect(await sent).toBe(2)
  late.terminate()
  server.terminate()
  await close()
})

it('A2: behind a stopped reader no more than the capacity waits; a socket that can be paused is', async () => {
  const { client, server, close } = await socketPair()
  const reader = manualSink<string>()
  const run = fromWebSocket<Buffer>(server, { capacity: 16, overflow: 'fail' }).pipe(map(String)).to(reader.sink).run()
  reader.request(1)
  await settle(1)
  // Two of them at most are in what is read at once.
  const large = (n: number): string => String(n).padEnd(40_000)
  for (let i = 0; i < 200; i++) client.send(large(i))
  while (!server.isPaused) await settle(1)
  await settle()
  expect(run.stats().stages[0]?.queue?.size).toBeLessThanOrEqual(16)
  client.close(1000)
  // Taken at the rate at which it is resumed: nothing is lost.
  while (run.status === 'running') {
    reader.request(1)
    await settle(1)
  }
  await run
  expect(reader.values.map(Number)).toEqual(Array.from({ length: 200 }, (_, i) => i))
  await close()
})

it.each([[1000, undefined], [undefined, undefined], [1001, 1001], [4321, 4321]])('A3: a close with code %s', async (code, expected) => {
  const { client, server, held, close } = await socketPair()
  const run = fromWebSocket(server, ALL).to(count()).run()
  await settle(1)
  client.send('x')
  client.close(code, code === undefined ? undefined : 'because')
  if (expected === undefined) {
    expect(await run).toBe(1)
  } else {
    const error: unknown = await run.then(undefined, (reason: unknown) => reason)
    expect(error).toBeInstanceOf(WebSocketClosedError)
    expect(error).toMatchObject({ closeCode: expected, reason: 'because' })
  }
  expect(held()).toBe(0)
  await close()
})

it('A3: a connection that breaks off fails the reader and the writer', async () => {
  const { client, server, close } = await socketPair()
  const reading = fromWebSocket(server, ALL).to(count()).run()
  const writing = never().to(toWebSocket<never>(server, { preventAbort: true })).run()
  await settle(2)
  client.terminate()
  await Promise.all([reading, writing].map((run) => expect(run).rejects.toMatchObject({ code: 'SLUICE_WEB_SOCKET_CLOSED', closeCode: 1006 })))
  await close()
})

it('A3: an error of the socket is the error of the run', async () => {
  const unreachable = new WebSocket('ws://127.0.0.1:9/')
  await expect(fromWebSocket(unreachable, ALL).to(count()).run()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const other = new WebSocket('ws://127.0.0.1:9/')
  await expect(from(['a']).to(toWebSocket(other)).run()).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  await expect(fromWebSocket(unreachable, ALL).to(count()).run()).rejects.toThrow(WebSocketClosedError)
  await expect(from(['a']).to(toWebSocket(other)).run()).rejects.toThrow(WebSocketClosedError)
})

it('A4: who wants no more closes the connection, and the run waits for it', async () => {
  const { client, server, held, close } = await socketPair()
  const closed = once(client, 'close')
  const run = fromWebSocket<Buffer>(server, ALL).pipe(take(2), map(String)).to(toArray()).run()
  await settle(1)
  for (const text of ['a', 'b', 'c']) client.send(text)
  expect(await run).toEqual(['a', 'b'])
  expect(server.readyState).toBe(WebSocket.CLOSED)
  expect((await closed)[0]).toBe(1000)
  expect(held()).toBe(0)
  await close()
})

it('A4: preventCancel leaves the connection open, for the next run', async () => {
  const { client, server, held, close } = await socketPair()
  for (let i = 0; i < 20; i++) {
    const run = fromWebSocket(server, { ...ALL, preventCancel: true }).pipe(take(1)).to(count()).run()
    await settle(1)
    client.send('x')
    expect(await run).toBe(1)
  }
  expect(server.readyState).toBe(WebSocket.OPEN)
  expect(held()).toBe(0)
  await close()
})

it('A4: an abort while it is connecting leaves no error behind', async () => {
  const { client, close } = await socketPair()
  const late = new WebSocket(client.url)
  const run = from(['a']).to(toWebSocket(late)).run()
  await settle(1)
  await run.abort(BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(late.readyState).toBe(WebSocket.CLOSED)
  await close()
})

it('A2, A4: the writer rests while too much waits, looks on its clock, and an abort gives that up', async () => {
  const { client, server, close } = await socketPair()
  server.pause()
  const clock = new VirtualClock()
  const text = 'x'.repeat(64 * 1024)
  const max = 256 * 1024
  const run = range(0).pipe(map(() => text)).to(toWebSocket(client, { maxBufferedAmount: max, pollMs: 50 })).run({ clock })
  // Until the buffers of both kernels are full as well.
  let before = -1
  while (client.bufferedAmount <= max || client.bufferedAmount !== before) {
    before = client.bufferedAmount
    await clock.advance(50)
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
  expect(client.bufferedAmount).toBeLessThan(max + 2 * text.length)
  expect(clock.pendingTimers).toBe(1)
  const closed = once(client, 'close')
  await run.abort(BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(run.failure?.suppressed ?? []).toEqual([])
  await closed
  expect(clock.pendingTimers).toBe(0)
  server.terminate()
  await close()
})

it('A2: it goes on when the other side reads again, and loses nothing', async () => {
  const { client, server, held, close } = await socketPair()
  const text = 'x'.repeat(64 * 1024)
  server.pause()
  const run = range(0, 200).pipe(map((n) => `${n} ${text}`)).to(toWebSocket(client, { maxBufferedAmount: 0, pollMs: 1 })).run()
  const seen: number[] = []
  server.on('message', (data: Buffer) => seen.push(Number.parseInt(data.toString('utf8', 0, 8), 10)))
  while (client.bufferedAmount === 0) await settle(1)
  server.resume()
  expect(await run).toBe(200)
  expect(seen).toEqual(Array.from({ length: 200 }, (_, i) => i))
  expect(held()).toBeLessThanOrEqual(1)
  await close()
})

it('A4: a failing run closes with 4000, so that the other side does not take it for the end', async () => {
  const { client, server, close } = await socketPair()
  const probe = manualSource<string>()
  const reading = fromWebSocket(server, ALL).to(count()).run()
  const writing = probe.source.to(toWebSocket(client)).run()
  await settle(1)
  probe.emit('a')
  probe.fail(BOOM)
  await Promise.all([
    expect(writing).rejects.toBe(BOOM),
    expect(reading).rejects.toMatchObject({ closeCode: 4000, reason: 'aborted' }),
  ])
  await close()
})

it('A5: preventClose leaves nothing on the socket', async () => {
  const { client, held, close } = await socketPair()
  for (let i = 0; i < 20; i++) await from(['a']).to(toWebSocket(client, { preventClose: true })).run()
  expect(client.readyState).toBe(WebSocket.OPEN)
  expect(held()).toBe(0)
  await close()
})

it.each([
  () => fromWebSocket({} as never, ALL),
  () => fromWebSocket(new EventTarget() as never, ALL),
  () => fromWebSocket(undefined as never, ALL),
  () => toWebSocket(3 as never),
  () => { fromWebSocket(Object.assign(new EventTarget(), { close() {} }) as never, { capacity: 1 } as never) },
  () => { toWebSocket(Object.assign(new EventTarget(), { close() {} }) as never, { maxBufferedAmount: -1 }) },
  () => { toWebSocket(Object.assign(new EventTarget(), { close() {} }) as never, { pollMs: 0 }) },
])('options that cannot work fail when the pipeline is built (%#)', (build) => {
  expect(build).toThrow(OptionError)
})
