import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { VirtualClock } from '@sluice/testing'
import { batchWhileBusy, broadcast, debounce, groupBy, mapAsync, mergeMap } from '@sluice/operators'
import { BoundedQueue, drain, forEach, from, fromProducer, interval, Topic, type Clock, type JointStats, type Run } from '../index'
import { Held, orderOf, type QueueProbe } from '../authoring'
import { OVERFLOWS, type Overflow } from '../held/overflow'
import { describeQueue } from './queue'

/** A value: its number tells when it was put, and its weight. */
interface Value { readonly number: number; readonly weight: number }

/** A queue under the law: how values go in and out. */
interface Subject {
  readonly probe: QueueProbe
  readonly isFull: () => boolean
  /** Puts values one after the other, or as a batch. Whether they are inside afterwards is for `left` to tell. */
  readonly put: (values: readonly Value[]) => void
  readonly take: (limit: number) => void
}

/** What happens, in some order. */
type Step = { readonly do: 'put'; readonly weights: readonly number[] } | { readonly do: 'take'; readonly limit: number } | { readonly do: 'pass'; readonly ms: number }

const steps = fc.array(fc.oneof(
  fc.record({ do: fc.constant('put' as const), weights: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 }) }),
  fc.record({ do: fc.constant('take' as const), limit: fc.integer({ min: 1, max: 4 }) }),
  fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 1000 }) }),
), { maxLength: 60 })

/** A clock that a test sets. */
function byHand(): Clock & { at: number } {
  const clock = { at: 100, now: () => clock.at, after: () => () => {} }
  return clock
}

/** The reference: what is inside, told by who has left, and the time that passes looked at. */
function check(list: readonly Step[], make: (left: (value: Value) => void, entered: (value: Value) => void) => Subject): void {
  const clock = byHand()
  const inside = new Map<number, number>()
  let most = 0
  const subject = make(
    ({ number }) => { inside.delete(number) },
    ({ number }) => {
      inside.set(number, clock.at)
      most = Math.max(most, subject.probe.size)
    },
  )
  const measure = subject.probe.measure?.(clock)
  let emptyMs = 0
  let fullMs = 0
  let number = 0
  for (const step of list) {
    if (step.do === 'put') subject.put(step.weights.map((weight) => ({ number: number++, weight })))
    else if (step.do === 'take') subject.take(step.limit)
    else {
      if (inside.size === 0) emptyMs += step.ms
      else if (subject.isFull()) fullMs += step.ms
      clock.at += step.ms
    }
    const { size, highWater, oldestMs, ...figures } = describeQueue(subject.probe, measure)
    const oldest = inside.size === 0 ? null : clock.at - Math.min(...inside.values())
    expect({ size, highWater, oldestMs, fullMs: figures.fullMs, emptyMs: figures.emptyMs }).toEqual({ size: inside.size, highWater: most, oldestMs: oldest, fullMs, emptyMs })
  }
  measure?.stop()
  clock.at += 1000
  const { fullMs: full, emptyMs: empty } = describeQueue(subject.probe, measure)
  expect({ full, empty }).toEqual({ full: fullMs, empty: emptyMs })
}

const orders = {
  'first in, first out': {},
  'by levels': { levels: 3, priority: ({ number }: Value) => number % 3 },
  'by order': { compare: (a: Value, b: Value) => (a.number % 3) - (b.number % 3) },
  'by key': { key: ({ number }: Value) => number % 3, perKey: 2 },
}

describe('F2: the figures of a joint are those of a model that looks all the time', () => {
  for (const [name, options] of Object.entries(orders)) {
    for (const weighs of [false, true]) {
      it(`of a Held, ${name}${weighs ? ', by weight' : ''}`, () => {
        fc.assert(fc.property(steps, fc.constantFrom<Overflow>(...OVERFLOWS), fc.integer({ min: 1, max: 6 }), (list, overflow, capacity) => {
          check(list, (left, entered) => {
            const held = new Held<Value>({
              capacity, overflow, order: orderOf('test', options),
              ...(weighs ? { weigh: ({ weight }: Value) => weight, maxWeight: 8 } : {}),
              onDrop: left,
            })
            return {
              probe: held,
              isFull: () => held.isFull,
              put(values) {
                if (held.plain) {
                  const room = Math.min(held.room, values.length)
                  if (room === 0) return
                  held.pushAll(values, 0, room, null)
                  for (let i = 0; i < room; i++) entered(values[i] as Value)
                  return
                }
                for (const value of values) if (held.push(value, undefined) === 'held') entered(value)
              },
              take(limit) {
                const into: Value[] = []
                if (limit === 1) {
                  const kept = held.shift()
                  if (kept) left(kept.value)
                } else {
                  const count = held.drainInto(into, null, limit)
                  into.slice(0, count).forEach(left)
                }
              },
            }
          })
        }))
      })
    }
  }
})

describe('F2: of queues that are no Held', () => {
  it('of a BoundedQueue', () => {
    fc.assert(fc.property(steps, fc.constantFrom<Overflow>('wait', 'drop-oldest', 'drop-newest', 'latest'), fc.integer({ min: 1, max: 6 }), fc.boolean(), (list, overflow, capacity, weighs) => {
      check(list, (left, entered) => {
        const queue = new BoundedQueue<Value>({ capacity, overflow, onDrop: left, ...(weighs ? { weigh: ({ weight }: Value) => weight, maxWeight: 8 } : {}) })
        return {
          probe: queue,
          isFull: () => queue.isFull,
          put(values) { for (const value of values) if (queue.tryPut(value)) entered(value) },
          take(limit) {
            const into: Value[] = []
            into.slice(0, queue.drainInto(into, limit)).forEach(left)
          },
        }
      })
    }))
  })

  it('of a subscription, however it deals with lagging', () => {
    fc.assert(fc.property(steps, fc.constantFrom('drop-oldest' as const, 'drop-newest' as const), fc.integer({ min: 1, max: 6 }), (list, policy, lag) => {
      check(list.map((step) => step), (left, entered) => {
        const topic = new Topic<Value>({ capacity: 8 })
        const lost = new Set<Value>()
        const subscription = topic.subscribe({ policy, lag, onDrop: (value) => { lost.add(value); left(value) } })
        topic.subscribe({ policy: 'drop-oldest', lag: 1 })
        return {
          probe: subscription,
          isFull: () => subscription.size >= lag,
          put(values) {
            for (const value of values) {
              topic.tryPublish(value)
              if (!lost.has(value)) entered(value)
            }
          },
          take(limit) {
            const into: Value[] = []
            into.slice(0, subscription.drainInto(into, limit)).forEach(left)
          },
        }
      })
    }))
  })

  const call = (clock: VirtualClock, ms: number) => async <T>(value: T): Promise<T> => {
    await clock.sleep(ms)
    return value
  }

  const at = async (script: (clock: VirtualClock) => Run<unknown>, id: string, ms = 1000): Promise<JointStats> => {
    const clock = new VirtualClock()
    const run = script(clock)
    run.catch(() => {})
    await clock.advance(ms)
    const found = run.stats().stages.find((stage) => stage.id === id)
    const over = run.abort()
    await clock.advance(60_000)
    await over
    return found?.queue as JointStats
  }

  it('a queue that a run reads is measured for that run', async () => {
    expect(await at((clock) => {
      const queue = new BoundedQueue<number>({ capacity: 4 })
      void (async () => { for (let n = 0; ; n++) await queue.put(n) })().catch(() => {})
      return from(queue, { name: 'jobs' }).to(forEach(call(clock, 100))).run({ clock })
    }, 'jobs', 1050)).toMatchObject({ size: 4, capacity: 4, highWater: 4, fullMs: 1050, emptyMs: 0, oldestMs: 350 })
  })

  it('a queue without values is empty all the time, and two runs that read it have figures of their own', async () => {
    const clock = new VirtualClock()
    const queue = new BoundedQueue<number>({ capacity: 4 })
    const first = from(queue, { name: 'jobs' }).to(drain()).run({ clock })
    await clock.advance(500)
    const second = from(queue, { name: 'jobs' }).to(drain()).run({ clock })
    await clock.advance(500)
    await first.stop()
    await clock.advance(100)
    const empty = (run: Run<unknown>): number | null | undefined => run.stats().stages[0]?.queue?.emptyMs
    expect([empty(first), empty(second)]).toEqual([1000, 600])
    await second.stop()
  })

  it('what a producer has pushed rests in a queue', async () => {
    expect(await at((clock) => fromProducer<number>(async ({ push, signal }) => { for (let n = 0; !signal.aborted; n++) await push(n) }, { capacity: 3, name: 'feed' }).to(forEach(call(clock, 100))).run({ clock }), 'feed', 1050))
      .toMatchObject({ size: 3, capacity: 3, highWater: 3, fullMs: 1050 })
  })

  it('a subscription that a run reads', async () => {
    expect(await at((clock) => {
      const topic = new Topic<number>({ capacity: 8, clock })
      const subscription = topic.subscribe({ policy: 'drop-oldest', lag: 4 })
      clock.after(100, function more() { topic.tryPublish(1); clock.after(10, more) })
      return from(subscription, { name: 'prices' }).to(forEach(call(clock, 500))).run({ clock })
    }, 'prices')).toMatchObject({ size: 4, capacity: 4, highWater: 4, emptyMs: 110 })
  })

  it('a branch with a buffer', async () => {
    const found = await at((clock) => interval(10).pipe(broadcast([(s) => s.pipe(mapAsync(call(clock, 100), { concurrency: 1 })), (s) => s], { slowBranch: { buffer: 8 }, name: 'fan' })).to(drain()).run({ clock }), 'fan[0]')
    expect(found).toMatchObject({ capacity: 8, highWater: 8 })
    expect(found.fullMs as number).toBeGreaterThan(500)
    expect(found.oldestMs as number).toBeGreaterThan(500)
  })

  it('a batch that grows while downstream is busy', async () => {
    const found = await at((clock) => interval(10).pipe(batchWhileBusy({ maxCount: 5, name: 'gather' })).to(forEach(call(clock, 100))).run({ clock }), 'gather')
    expect(found).toMatchObject({ capacity: 5, highWater: 5 })
    expect(found.fullMs as number).toBeGreaterThan(400)
    expect(found.emptyMs as number).toBeGreaterThan(50)
  })

  it('what waits for its time', async () => {
    expect(await at((clock) => interval(300).pipe(debounce(100, { name: 'rest' })).to(drain()).run({ clock }), 'rest', 1250)).toMatchObject({ size: 1, highWater: 1, fullMs: 0, emptyMs: 900, oldestMs: 50 })
  })

  it('the groups of groupBy together', async () => {
    const found = await at((clock) => interval(10).pipe(groupBy((n: number) => n % 2, { maxGroups: 2, capacity: 3, name: 'sort' }), mergeMap(({ source }) => source.pipe(mapAsync(call(clock, 100), { concurrency: 1 })), { concurrency: 2 })).to(drain()).run({ clock }), 'sort')
    expect(found).toMatchObject({ capacity: 6, highWater: 6 })
    expect(found.fullMs as number).toBeGreaterThan(500)
  })
})
