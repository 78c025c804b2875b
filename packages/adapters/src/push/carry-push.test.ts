import { AsyncLocalStorage } from 'node:async_hooks'
import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { drain, retry, type OnError } from '@sluice/core'
import { carryContext } from '@sluice/core/authoring'
import { fromCallback, fromEvent } from '@sluice/adapters/events'
import { mapAsync, tap } from '@sluice/operators'

const storage = new AsyncLocalStorage<string>()
const snapshot = () => AsyncLocalStorage.snapshot()
let end: () => void
beforeEach(() => { end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true }) })
afterEach(() => { end() })

describe('R82: the context of an event', () => {
  it.each<OnError<unknown> | undefined>([undefined, 'skip', retry({ times: 2, delayMs: 0 })])('is restored round every function that is called with it, with onError %o, also behind an await', async (onError) => {
    const emitter = new EventEmitter()
    const seen: string[] = []
    const see = (n: number): void => { seen.push(`${n}: ${storage.getStore() ?? 'none'}`) }
    const failed = new Set<number>()
    const map = (n: number): number => {
      if (onError !== undefined && n === 2 && !failed.has(n)) { failed.add(n); throw new Error('once') }
      return n
    }
    const run = storage.run('run', () => fromEvent<number>(emitter, 'n', { capacity: 16, overflow: 'fail', endOn: 'end', map, onError })
      .pipe(tap(see), mapAsync(async (n) => { await Promise.resolve(); see(n) }, { concurrency: 2 })).to(drain()).run())
    for (const n of [0, 1, 2, 3]) storage.run(`emit ${n}`, () => { emitter.emit('n', n) })
    emitter.emit('end')
    await run
    const values = onError === 'skip' ? [0, 1, 3] : [0, 1, 2, 3]
    expect(seen.sort()).toEqual(values.flatMap((n) => [`${n}: emit ${n}`, `${n}: emit ${n}`]))
    expect(run.stats().totals).toMatchObject({ delivered: values.length, dropped: 0, abandoned: 0 })
  })

  it('is restored for what a function is called back with, and values that are dropped are told and counted as without it', async () => {
    const go = async () => {
      let push = (_n: number): void => {}
      let over = (): void => {}
      const seen: string[] = []
      const lost: number[] = []
      const run = storage.run('run', () => fromCallback<number>((...given) => { [push, over] = given }, { capacity: 2, overflow: 'drop-oldest', onDrop: (n) => { lost.push(n) } })
        .pipe(tap((n) => { seen.push(`${n}: ${storage.getStore() ?? ''}`) })).to(drain()).run())
      for (const n of [0, 1, 2, 3]) storage.run(`call ${n}`, () => { push(n) })
      over()
      await run
      const { totals, stages } = run.stats()
      return { seen, lost, totals, dropped: stages[0]?.dropped }
    }
    const carried = await go()
    expect(carried.seen).toEqual(['2: call 2', '3: call 3'])
    end()
    const plain = await go()
    expect({ ...carried, seen: [] }).toEqual({ ...plain, seen: [] })
    expect(plain.lost).toEqual([0, 1])
  })

  it('leaves stop and abort what they are: what is held comes out at a stop, and is dropped at an abort', async () => {
    for (const how of ['stop', 'abort'] as const) {
      let push = (_n: number): void => {}
      const lost: number[] = []
      const run = fromCallback<number>((...given) => { [push] = given }, { capacity: 8, overflow: 'fail', onDrop: (n) => { lost.push(n) } }).to(drain()).run()
      for (const n of [0, 1, 2]) push(n)
      await run[how]()
      expect(run.stats().totals.delivered + lost.length).toBe(3)
      expect(lost).toEqual(how === 'stop' ? [] : [0, 1, 2])
    }
  })
})
