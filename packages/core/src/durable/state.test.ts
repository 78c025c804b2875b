import { describe, expect, it } from 'vitest'
import { mapAsync, mapAsyncUnordered } from '@sluice/operators'
import { MemoryState, VirtualClock } from '@sluice/testing'
import { systemClock } from '../time/clock'
import { drain, forEach, from, range, toArray, type Run } from '../index'
import { bookmark, remember } from './index'

const BOOM = new Error('boom')
const text = async (store: MemoryState, key: string): Promise<string | undefined> => {
  const found = await store.read(key)
  return found && new TextDecoder().decode(found.value)
}

describe('bookmark', () => {
  const numbers = (store: MemoryState, seen: number[] = []) => bookmark((from: number | undefined) => { seen.push(from ?? -1); return range((from ?? -1) + 1, 100) }, { name: 'numbers', of: (n: number) => n, store })

  it('D23: goes on where the last run came to', async () => {
    const clock = new VirtualClock()
    const store = new MemoryState(clock)
    const opened: number[] = []
    const seen: number[] = []
    const first = numbers(store, opened).to(forEach(async (n) => { await clock.sleep(10); seen.push(n) })).run({ clock })
    await clock.advance(555)
    const stopped = first.stop()
    await clock.advance(1000)
    await stopped
    const count = seen.length
    expect(await text(store, 'bookmark/numbers')).toBe(String(count - 1))
    const second = numbers(store, opened).to(forEach((n) => { seen.push(n) })).run({ clock })
    await clock.advance(1000)
    await second
    expect(opened).toEqual([-1, count - 1])
    expect(seen.slice(0, 100)).toEqual(Array.from({ length: 100 }, (_, n) => n))
  })

  it('D23: the position is that up to which all are dealt with, in whatever order that was, and stays before what has failed', async () => {
    const clock = new VirtualClock()
    const store = new MemoryState(clock)
    const run = numbers(store).pipe(mapAsyncUnordered(async (n) => {
      await clock.sleep(n === 5 ? 1000 : 10)
      if (n === 5) throw BOOM
      return n
    }, { concurrency: 4 })).to(drain()).run({ clock })
    run.catch(() => {})
    await clock.advance(500)
    expect(await text(store, 'bookmark/numbers')).toBe('4')
    await clock.advance(2000)
    await expect(run).rejects.toBe(BOOM)
    expect(await text(store, 'bookmark/numbers')).toBe('4')
  })

  it('D23: a store that fails, and an open that throws, fail the run', async () => {
    for (const verb of ['read', 'write'] as const) {
      const clock = new VirtualClock()
      const store = new MemoryState(clock)
      store.onVerb = (now) => { if (now === verb) throw BOOM }
      const run: Run<unknown> = numbers(store).to(drain()).run({ clock })
      run.catch(() => {})
      await clock.advance(1000)
      await expect(run, verb).rejects.toBe(BOOM)
    }
    await expect(bookmark(() => { throw BOOM }, { name: 'a', of: () => 1, store: new MemoryState(systemClock) }).to(drain()).run()).rejects.toBe(BOOM)
  })
})

describe('remember', () => {
  const make = (store: MemoryState, calls: number[], f = async (n: number): Promise<number> => n * 2) =>
    remember('double', async (n: number) => { calls.push(n); return f(n) }, { key: String, store, ttlMs: 1000 })

  it('D24: a result is kept under its key, for its time, over processes', async () => {
    const clock = new VirtualClock()
    const store = new MemoryState(clock)
    const calls: number[] = []
    expect(await from([1, 2, 1, 2]).pipe(mapAsync((n) => make(store, calls)(n), { concurrency: 1 })).to(toArray()).run()).toEqual([2, 4, 2, 4])
    expect(calls).toEqual([1, 2])
    await clock.advance(2000)
    await make(store, calls)(1)
    expect(calls).toEqual([1, 2, 1])
  })

  it('D24: those who ask at once, here and elsewhere, wait for one call', async () => {
    const store = new MemoryState(systemClock)
    const calls: number[] = []
    const slow = async (n: number): Promise<number> => { await new Promise((resolve) => setTimeout(resolve, 60)); return n }
    const [here, elsewhere] = [make(store, calls, slow), make(store, calls, slow)]
    expect(await Promise.all([here(7), here(7), elsewhere(7), elsewhere(7)])).toEqual([7, 7, 7, 7])
    expect(calls).toEqual([7])
  })

  it('D24: an error is not kept, and lets others try at once; a claim whose holder died ends by its time', async () => {
    const clock = new VirtualClock()
    const store = new MemoryState(clock)
    const calls: number[] = []
    let fails = true
    const double = make(store, calls, async (n) => { if (fails) throw BOOM; return n * 2 })
    await expect(double(1)).rejects.toBe(BOOM)
    fails = false
    expect(await double(1)).toBe(2)
    expect(calls).toEqual([1, 1])
    await store.write([{ key: 'remember/double/1/5', value: new Uint8Array([0]), ttlMs: 60_000 }])
    const waiting = double(5)
    await new Promise((resolve) => setTimeout(resolve, 30))
    expect(calls).toEqual([1, 1])
    await clock.advance(61_000)
    expect(await waiting).toBe(10)
  })

  it('D24: who waits is let go by the signal, and options are checked', async () => {
    const store = new MemoryState(new VirtualClock())
    await store.write([{ key: 'remember/double/1/5', value: new Uint8Array([0]) }])
    const controller = new AbortController()
    const waiting = make(store, [])(5, controller.signal)
    controller.abort(BOOM)
    await expect(waiting).rejects.toBe(BOOM)
    // One of two who wait goes; the call goes on for the other one.
    const calls: number[] = []
    const both = make(store, calls, async (n) => { await new Promise((resolve) => setTimeout(resolve, 40)); return n })
    const gone = new AbortController()
    const [first, second] = [both(9, gone.signal), both(9)]
    gone.abort(BOOM)
    await expect(first).rejects.toBe(BOOM)
    expect([await second, calls]).toEqual([9, [9]])
    expect(() => remember('a', async () => 1, { key: String, store: {} as never, ttlMs: 1 })).toThrow(/a store such as/)
    expect(() => remember('', async () => 1, { key: String, store, ttlMs: 1 })).toThrow(/stays the same/)
  })
})
