import { expect, inject, it } from 'vitest'
import { count, from, range, toArray } from '@sluice/core'
import { fromWebSocket, toWebSocket, WebSocketClosedError } from '@sluice/adapters/events'
import { map, take } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { listenerCount } from '../../../../test/listener-count'

const ALL = { capacity: 1000, overflow: 'fail' } as const
const BOOM = new Error('boom')
const connect = (): WebSocket => new WebSocket(inject('socketUrl'))
const held = (socket: WebSocket): number => listenerCount(socket, 'message', 'error', 'close')

it('A1: what is sent comes back', async () => {
  const socket = connect()
  const echoed = fromWebSocket(socket, { ...ALL, preventCancel: true }).pipe(take(3)).to(toArray()).run()
  expect(await from(['a', '', 'c']).to(toWebSocket(socket, { preventClose: true })).run()).toBe(3)
  expect(await echoed).toEqual(['a', '', 'c'])
  expect(held(socket)).toBe(0)
  socket.close()
})

it('A2: a writer rests while the socket holds too much, and loses nothing', async () => {
  const socket = connect()
  const text = 'x'.repeat(64 * 1024)
  const max = 128 * 1024
  let most = 0
  const echoed = fromWebSocket<string>(socket, { ...ALL, preventCancel: true }).pipe(map((data) => Number.parseInt(data, 10)), take(100)).to(toArray()).run()
  const numbered = range(0, 100).pipe(map((n) => {
    most = Math.max(most, socket.bufferedAmount)
    return `${n} ${text}`
  }))
  await numbered.to(toWebSocket(socket, { maxBufferedAmount: max, pollMs: 1, preventClose: true })).run()
  expect(await echoed).toEqual(Array.from({ length: 100 }, (_, i) => i))
  expect(most).toBeLessThan(max + 2 * text.length)
  socket.close()
})

it('A3: a close with an error code fails the reader', async () => {
  const socket = connect()
  const run = fromWebSocket(socket, ALL).to(count()).run()
  socket.addEventListener('open', () => { socket.send('close 4321') }, { once: true })
  const error: unknown = await run.then(undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(WebSocketClosedError)
  expect(error).toMatchObject({ code: 'SLUICE_WEB_SOCKET_CLOSED', closeCode: 4321, reason: 'because' })
  expect(held(socket)).toBe(0)
})

it('A4: an abort closes the connection, also while it is being made', async () => {
  for (const turns of [1, 50]) {
    const socket = connect()
    const run = fromWebSocket(socket, ALL).to(count()).run()
    await settle(turns)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(socket.readyState).toBe(WebSocket.CLOSED)
    expect(held(socket)).toBe(0)
  }
})
