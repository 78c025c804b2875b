import { expect, it } from 'vitest'
import { deadLetter, forEach, from, retry, type DeadLetter } from '@sluice/core'
import { toWebSocket } from '@sluice/adapters/events'
import { trackedSource } from '@sluice/testing'

/** A connection that is open, and does not send what `fails` says. */
function connection(fails: (value: unknown) => boolean = () => false) {
  const sent: unknown[] = []
  const socket = Object.assign(new EventTarget(), {
    readyState: 1, bufferedAmount: 0,
    send(value: unknown) {
      if (fails(value)) throw new Error(`not sent: ${String(value)}`)
      sent.push(value)
    },
    close() { setTimeout(() => { socket.readyState = 3; socket.dispatchEvent(Object.assign(new Event('close'), { code: 1000 })) }, 0) },
  })
  return { socket, sent }
}

it('R30: a value that is neither text nor bytes fails by name, and is sent to nobody', async () => {
  for (const wrong of [{ a: 1 }, null, undefined, () => 1, ['a']]) {
    const { socket, sent } = connection()
    const run = from<unknown>(['a', wrong]).to(toWebSocket<unknown>(socket)).run()
    await expect(run).rejects.toMatchObject({ code: 'SLUICE_VALUE' })
    expect(run.failure).toMatchObject({ stage: 'toWebSocket', item: wrong })
    expect(sent).toEqual(['a'])
  }
})

it('R30: it is left out, the others are sent, and every ticket is settled', async () => {
  const { socket, sent } = connection()
  const bytes = [new Uint8Array([1]), new ArrayBuffer(1), new Blob(['x'])]
  const { source, statuses } = trackedSource<unknown>(['a', { a: 1 }, ...bytes, 'b'])
  const run = source.to(toWebSocket<unknown>(socket, { onError: 'skip' })).run()
  expect(await run).toBe(5)
  expect(sent).toEqual(['a', ...bytes, 'b'])
  expect(statuses).toEqual(Array.from({ length: 6 }, () => 'ack'))
  expect(run.stats().totals).toMatchObject({ read: 6, delivered: 5, skipped: 1 })
})

it('R30: it is written to a dead letter, or tried again in its place', async () => {
  const letters: unknown[] = []
  const lettered = connection((value) => value === 'b')
  expect(await from(['a', 'b', 'c']).to(toWebSocket(lettered.socket, { onError: deadLetter(forEach(({ item }: DeadLetter) => { letters.push(item) })) })).run()).toBe(2)
  expect(letters).toEqual(['b'])
  let tries = 0
  const tried = connection((value) => value === 'b' && ++tries < 3)
  expect(await from(['a', 'b', 'c']).to(toWebSocket(tried.socket, { onError: retry({ times: 5, delayMs: 0 }) })).run()).toBe(3)
  expect(tried.sent).toEqual(['a', 'b', 'c'])
})

it('R30: a connection that is closed fails the run, whatever onError says', async () => {
  const { socket } = connection()
  socket.readyState = 3
  await expect(from(['a', 'b']).to(toWebSocket(socket, { onError: 'skip' })).run()).rejects.toMatchObject({ code: 'SLUICE_WEB_SOCKET_CLOSED' })
})

it('R30: an abort gives up the value that waits for room, at once', async () => {
  const { socket, sent } = connection()
  socket.bufferedAmount = Infinity
  const run = from(['a', 'b']).to(toWebSocket(socket, { onError: 'skip', preventAbort: true })).run({ closeDeadlineMs: 5_000 })
  await new Promise((resolve) => setTimeout(resolve, 20))
  const before = performance.now()
  await run.abort(new Error('enough'))
  expect(performance.now() - before).toBeLessThan(1_000)
  await expect(run).rejects.toThrow('enough')
  expect(run.failure).toBeUndefined()
  expect(sent).toEqual([])
})
