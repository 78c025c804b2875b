import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { filter, mapAsyncUnordered } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { drain, forEach, toArray } from '../index'
import { acked } from './index'
import { CumulativeAck } from './watermark'

const BOOM = new Error('boom')
async function* numbers(count: number, read: number[] = []): AsyncGenerator<number> {
  for (let n = 0; n < count; n++) {
    read.push(n)
    yield n
  }
}

describe('acked', () => {
  it('D20: each message is acknowledged when it is dealt with; one that was filtered out is', async () => {
    const told: number[] = []
    expect(await acked(numbers(4), { order: 'each', ack: (n) => { told.push(n) } }).pipe(filter((n) => n % 2 === 0)).to(toArray()).run()).toEqual([0, 2])
    expect(told.sort()).toEqual([0, 1, 2, 3])
  })

  it('D20: what fails is told to nack, with its error; what was not begun as well', async () => {
    const told: unknown[] = []
    const run = acked(numbers(4), { order: 'each', ack: (n) => { told.push(['ack', n]) }, nack: (n, error) => { told.push(['nack', n, error]) } })
      .to(forEach(async (n) => { if (n === 1) throw BOOM })).run()
    await expect(run).rejects.toBe(BOOM)
    expect(told.slice(0, 2)).toEqual([['ack', 0], ['nack', 1, BOOM]])
  })

  it('D20: the end waits for acknowledgements, and one that is refused fails the run', async () => {
    const clock = new VirtualClock()
    let isOver = false
    const run = acked(numbers(2), { order: 'each', ack: () => clock.sleep(100) }).to(drain()).run({ clock })
    run.then(() => { isOver = true }, () => {})
    await clock.advance(50)
    expect(isOver).toBe(false)
    await clock.advance(100)
    expect(isOver).toBe(true)
    await expect(acked(numbers(2), { order: 'each', ack: () => Promise.reject(BOOM) }).to(drain()).run()).rejects.toBe(BOOM)
  })

  it('D21: cumulative: only the last message up to which all are dealt with, in each partition', async () => {
    const clock = new VirtualClock()
    const told: number[] = []
    const run = acked(numbers(8), { order: 'cumulative', ack: (n) => { told.push(n) }, partition: (n) => (n % 2 === 0 ? 'even' : 'odd') })
      .pipe(mapAsyncUnordered(async (n) => { await clock.sleep(n === 2 ? 1000 : 10 * (8 - n)); return n }, { concurrency: 8 })).to(drain()).run({ clock })
    await clock.advance(500)
    expect(told.filter((n) => n % 2 === 1).at(-1)).toBe(7)
    expect(told.filter((n) => n % 2 === 0)).toEqual([0])
    await clock.advance(1000)
    await run
    expect(told.filter((n) => n % 2 === 0)).toEqual([0, 6])
  })

  it('D21: in any order of settling, what is acknowledged is the longest settled beginning, and only grows', () => {
    return fc.assert(fc.asyncProperty(fc.shuffledSubarray(Array.from({ length: 12 }, (_, i) => i)), fc.integer({ min: 0, max: 12 }), async (order, failing) => {
      const told: number[] = []
      const acks = new CumulativeAck<number>({ ack: (n) => { told.push(n) }, nack: undefined, failed: () => {} }, () => '')
      const settle = Array.from({ length: 12 }, (_, n) => acks.open(n))
      const done = new Set<number>()
      for (const n of order) {
        settle[n]?.(n === failing ? 'nack' : 'ack', BOOM)
        if (n !== failing) done.add(n)
        await Promise.resolve()
        let prefix = -1
        while (done.has(prefix + 1)) prefix++
        expect(told.at(-1) ?? -1).toBe(prefix)
      }
      expect([...told].sort((a, b) => a - b)).toEqual(told)
    }))
  })

  it('D22: reads nothing while hold messages are not dealt with', async () => {
    const clock = new VirtualClock()
    const read: number[] = []
    const run = acked(numbers(20, read), { order: 'each', ack: () => {}, hold: 3 })
      .to(forEach(async () => { await clock.sleep(100) }, { concurrency: 10 })).run({ clock })
    await clock.advance(50)
    expect(read).toEqual([0, 1, 2])
    await clock.advance(100)
    expect(read).toEqual([0, 1, 2, 3, 4, 5])
    const stopped = run.stop()
    await clock.advance(500)
    await stopped
    expect(run.status).toBe('completed')
  })
})
