import { AsyncLocalStorage } from 'node:async_hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { mapAsync, tap } from '@sluice/operators'
import { carryContext } from '../authoring'
import { drain, from, Topic, toArray, toTopic, type SubscribeOptions } from '../index'

const storage = new AsyncLocalStorage<string>()
const snapshot = () => AsyncLocalStorage.snapshot()
let end: () => void
beforeEach(() => { end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true }) })
afterEach(() => { end() })

/** A run over a subscription, and what its functions saw: `value: context`, also behind an await. */
function reading(topic: Topic<number>, options?: SubscribeOptions<number>) {
  const seen: string[] = []
  const see = (value: number): void => { seen.push(`${value}: ${storage.getStore() ?? 'none'}`) }
  const run = storage.run('run', () => from(topic.subscribe(options)).pipe(tap(see), mapAsync(async (n) => { await Promise.resolve(); see(n) }, { concurrency: 3 })).to(drain()).run())
  return { run, seen }
}
const publish = (topic: Topic<number>, n: number): Promise<void> => storage.run(`put ${n}`, () => topic.publish(n))
const expected = (...values: number[]): string[] => values.flatMap((n) => [`${n}: put ${n}`, `${n}: put ${n}`])

describe('R82: the context of a publish', () => {
  it.each([1, 2, 8])('is restored in the run of each subscriber, also for publishers that wait for room: capacity %i', async (capacity) => {
    const topic = new Topic<number>({ capacity })
    const readers = [reading(topic), reading(topic, { filter: (n) => n % 2 === 0 })]
    await Promise.all([0, 1, 2, 3, 4].map((n) => publish(topic, n)))
    topic.close()
    await Promise.all(readers.map(({ run }) => run))
    expect(readers[0]?.seen.sort()).toEqual(expected(0, 1, 2, 3, 4))
    expect(readers[1]?.seen.sort()).toEqual(expected(0, 2, 4))
  })

  it('is restored for a late subscriber, and for those that have lost values', async () => {
    const topic = new Topic<number>({ capacity: 8, replay: 3 })
    const newest = topic.subscribe({ policy: 'drop-newest', lag: 2, replay: 0 })
    const oldest = topic.subscribe({ policy: 'drop-oldest', lag: 2, replay: 0 })
    for (const n of [0, 1, 2, 3, 4]) await publish(topic, n)
    topic.close()
    const seen: string[][] = []
    for (const subscription of [newest, oldest, topic.subscribe()]) {
      const own: string[] = []
      seen.push(own)
      await storage.run('run', () => from(subscription).pipe(tap((n) => { own.push(`${n}: ${storage.getStore() ?? ''}`) })).to(drain()).run())
    }
    expect(seen).toEqual([['0: put 0', '1: put 1'], ['3: put 3', '4: put 4'], ['2: put 2', '3: put 3', '4: put 4']])
  })

  it('goes on through a run that publishes what it reads', async () => {
    const [first, second] = [new Topic<number>({ capacity: 1 }), new Topic<number>({ capacity: 1 })]
    const last = reading(second)
    const between = from(first.subscribe()).to(toTopic(second)).run()
    for (const n of [0, 1, 2]) await publish(first, n)
    first.close()
    await Promise.all([between, last.run])
    expect(last.seen.sort()).toEqual(expected(0, 1, 2))
  })

  it('changes nothing else, and is not kept by a topic that was made while nothing was carried', async () => {
    end()
    const topic = new Topic<number>({ capacity: 4 })
    end = carryContext({ ofRun: snapshot, ofValue: snapshot, isWhole: true })
    const { run, seen } = reading(topic)
    const all = from(topic.subscribe()).to(toArray()).run()
    for (const n of [0, 1]) await publish(topic, n)
    topic.close()
    await run
    expect(await all).toEqual([0, 1])
    expect(new Set(seen)).toEqual(new Set(['0: run', '1: run']))
  })
})
