import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, describe, expect, it } from 'vitest'
import { map, mapAsync, tap } from '@sluice/operators'
import { carryContext, type ContextCarrier } from '../authoring'
import { BoundedQueue, drain, forEach, from, interval, toArray, type Run } from '../index'

const storage = new AsyncLocalStorage<string>()
const ends: (() => void)[] = []
type OfRun = ContextCarrier['ofRun']
const carrying = (ofRun: OfRun = () => AsyncLocalStorage.snapshot(), isWhole = true): void => { ends.push(carryContext({ ofRun, isWhole })) }
afterEach(() => { for (const end of ends.splice(0)) end() })

/** Two runs over queues, each begun in a context of its own, that are fed from a third one; what their functions see. */
async function seenByTwoRuns(): Promise<string[]> {
  const seen: string[] = []
  const see = (stage: string) => { seen.push(`${stage} ${storage.getStore() ?? 'none'}`) }
  const queues = [new BoundedQueue<number>({ capacity: 10 }), new BoundedQueue<number>({ capacity: 10 })] as const
  const begin = (name: string, queue: BoundedQueue<number>): Run<void> => storage.run(name, () => from(queue)
    .pipe(tap(() => { see(`${name} tap`) }), mapAsync(async (n) => { see(`${name} call`); await Promise.resolve(); see(`${name} later`); return n }, { concurrency: 2 }))
    .to(forEach(() => { see(`${name} sink`) })).run({ name }))
  const runs = [begin('a', queues[0]), begin('b', queues[1])]
  await storage.run('putter', async () => {
    for (let i = 0; i < 3; i++) for (const queue of queues) await queue.put(i)
    for (const queue of queues) queue.close()
  })
  await Promise.all(runs)
  return seen
}

describe('R81: the context of whoever began a run', () => {
  it('is not that of its stages while nobody carries it: a turn takes place in the context of what woke the scheduler', async () => {
    const strange = (await seenByTwoRuns()).filter((line) => !/^(a) \w+ a$|^(b) \w+ b$/.test(line))
    expect(strange).not.toEqual([])
  })

  it('is that of every function of its stages once it is carried, also after an await, whoever puts and whatever else runs', async () => {
    carrying()
    const seen = await seenByTwoRuns()
    expect(seen).toHaveLength(24)
    for (const line of seen) expect(line).toMatch(/^(a) \w+ a$|^(b) \w+ b$/)
  })

  it('holds for timers, retries and the end of the run, also where somebody else aborts it', async () => {
    carrying()
    const seen: (string | undefined)[] = []
    const see = (): void => { seen.push(storage.getStore()) }
    const run = storage.run('mine', () => from((async function* () {
      try { for (;;) { await Promise.resolve(); yield 1 } } finally { see() }
    })()).pipe(mapAsync(async () => { see(); await Promise.resolve(); throw new Error('again') }, { concurrency: 1, onError: (_error, _item, attempt) => { see(); return attempt < 3 ? { retryAfterMs: 1 } : 'skip' } }))
      .to(drain()).run())
    while (seen.length < 7) await new Promise((resolve) => { setTimeout(resolve, 1) })
    await storage.run('somebody else', () => run.abort())
    expect(seen.length).toBeGreaterThan(6)
    expect(new Set(seen)).toEqual(new Set(['mine']))
  })

  it('is that of the loop for a loop over a source', async () => {
    carrying()
    const seen: (string | undefined)[] = []
    await storage.run('loop', async () => {
      let left = 3
      for await (const _ of interval(1).pipe(map(() => { seen.push(storage.getStore()) }))) if (--left === 0) break
    })
    expect(seen).toEqual(['loop', 'loop', 'loop'])
  })

  it('several carriers add up, and one that replaces the whole context stands outside, in whatever order they came', async () => {
    const own: string[] = []
    let depth = ''
    const adding: OfRun = (run) => (work) => { depth = `${storage.getStore()}/${run?.name}`; work(); depth = '' }
    carrying(adding, false)
    carrying()
    await storage.run('mine', () => from([1, 2]).pipe(tap(() => { own.push(depth) })).to(toArray()).run({ name: 'r' }))
    expect(own).toEqual(['mine/r', 'mine/r'])
  })

  it('runs begin without it once the carrying has ended; a carrier that throws fails no run', async () => {
    const broken = new Error('broken tool')
    const heard: unknown[] = []
    const others = process.listeners('unhandledRejection')
    process.removeAllListeners('unhandledRejection')
    process.on('unhandledRejection', (error) => heard.push(error))
    carrying(() => { throw broken })
    expect(await from([1]).to(toArray()).run()).toEqual([1])
    await new Promise((resolve) => { setTimeout(resolve, 5) })
    process.removeAllListeners('unhandledRejection')
    for (const other of others) process.on('unhandledRejection', other)
    expect(heard).toEqual([broken])
    for (const end of ends.splice(0)) end()
    let asked = 0
    carryContext({ ofRun: () => { asked++; return undefined } })()
    await from([1]).to(drain()).run()
    expect(asked).toBe(0)
  })
})
