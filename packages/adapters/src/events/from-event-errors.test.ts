import { EventEmitter } from 'node:events'
import { expect, it } from 'vitest'
import { deadLetter, forEach, retry, toArray, type DeadLetter, type OnError } from '@sluice/core'
import { fromEvent } from '@sluice/adapters/events'

const even = (n: number): number => {
  if (n % 2 === 1) throw new Error(`odd: ${n}`)
  return n
}

/** Emits numbers in one go, then the end. */
function emit(count: number, onError: OnError<unknown> | undefined, map: (n: number) => number = even, capacity = 16, onDrop?: (n: number) => void) {
  const emitter = new EventEmitter()
  const run = fromEvent<number>(emitter, 'n', { capacity, overflow: 'drop-newest', endOn: 'end', map, onError, onDrop, name: 'numbers' }).to(toArray()).run()
  for (let n = 0; n < count; n++) emitter.emit('n', n)
  emitter.emit('end')
  return { emitter, run }
}

it('R30: an event on which map fails is left out, the others come out in order', async () => {
  const { emitter, run } = emit(6, 'skip')
  expect(await run).toEqual([0, 2, 4])
  expect(run.stats().totals).toMatchObject({ read: 6, delivered: 3, skipped: 3 })
  expect(emitter.listenerCount('n')).toBe(0)
})

it('R30: it is written to a dead letter, after what came before it, with the event', async () => {
  const letters: DeadLetter[] = []
  const { run } = emit(4, deadLetter(forEach((letter: DeadLetter) => { letters.push(letter) })))
  expect(await run).toEqual([0, 2])
  expect(letters.map(({ item, stage }) => [item, stage])).toEqual([[1, 'numbers'], [3, 'numbers']])
  expect(run.stats().totals).toMatchObject({ read: 4, delivered: 2, deadLettered: 2 })
})

it('R30: it is tried again at its place in line', async () => {
  let tries = 0
  const { run } = emit(4, retry({ times: 5, delayMs: 0 }), (n) => (n === 1 && ++tries < 4 ? even(1) : n))
  expect(await run).toEqual([0, 1, 2, 3])
  expect(tries).toBe(4)
  expect(run.stats().totals).toMatchObject({ read: 4, delivered: 4 })
})

it('R30: where the tries are used up the run fails with the event, and takes its listeners off', async () => {
  for (const [onError, attempt] of [[undefined, 1], [retry({ times: 2, delayMs: 0 }), 3]] as const) {
    const { emitter, run } = emit(3, onError)
    await expect(run).rejects.toThrow('odd: 1')
    expect(run.failure).toMatchObject({ stage: 'numbers', item: 1, attempt })
    expect(emitter.listenerCount('n')).toBe(0)
  }
})

it('R30: such an event takes a place in the buffer, and counts as dropped where there is none', async () => {
  const dropped: number[] = []
  const { run } = emit(6, 'skip', even, 2, (n) => { dropped.push(n) })
  expect(await run).toEqual([0])
  expect(dropped).toEqual([2, 4])
  expect(run.stats().stages[0]).toMatchObject({ dropped: 5 })
})

it('R30: an abort while the next try is waited for ends it, and counts what nobody got', async () => {
  const emitter = new EventEmitter()
  const run = fromEvent<number>(emitter, 'n', { capacity: 8, overflow: 'fail', map: even, onError: retry({ times: 9, delayMs: 60_000 }) }).to(toArray()).run()
  for (const n of [1, 2, 3]) emitter.emit('n', n)
  await new Promise((resolve) => setTimeout(resolve, 5))
  await run.abort(new Error('enough'))
  await expect(run).rejects.toThrow('enough')
  expect(run.stats().stages[0]).toMatchObject({ dropped: 3 })
})
