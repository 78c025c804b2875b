import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { FakeClock, settled } from '../../test/fake-clock'
import type { Subscription } from './subscription'
import type { LagPolicy } from './subscribe-options'
import { Topic } from './topic'
import type { Settled } from '../../test/topic-model'
import { TopicModel } from '../../test/topic-model'

class Left extends Error {
  override readonly name = 'Left'
}

const FILTERS = [undefined, (value: number) => value % 3 !== 0, (value: number) => value % 7 === 0, () => false]
const policies = fc.constantFrom<LagPolicy>('wait', 'drop-oldest', 'drop-newest', 'disconnect')
const which = fc.nat({ max: 5 })
const wait = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined })

const step = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('subscribe' as const), policy: policies, lag: which, filter: fc.nat({ max: 9 }), replay: which, grace: fc.constantFrom(0, 5) }) },
  { weight: 10, arbitrary: fc.record({ do: fc.constant('publish' as const), timeoutMs: wait }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tryPublish' as const) }) },
  { weight: 8, arbitrary: fc.record({ do: fc.constant('take' as const), which, timeoutMs: wait }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('tryTake' as const), which }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('drain' as const), which, limit: fc.integer({ min: 1, max: 5 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('leave' as const), which: fc.nat({ max: 20 }) }) },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('advance' as const), ms: fc.integer({ min: 1, max: 8 }) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('close' as const), which }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('end' as const), fails: fc.boolean(), really: fc.nat({ max: 3 }) }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

test.each([
  { capacity: 1, replay: 0 },
  { capacity: 1, replay: 1 },
  { capacity: 2, replay: 1 },
  { capacity: 7, replay: 0 },
  { capacity: 7, replay: 7 },
])('Q40-Q50: a topic with %j does what its model does, whatever is called in whatever order', async (options) => {
  await fc.assert(
    fc.asyncProperty(fc.boolean(), fc.array(step, { maxLength: 60 }), (waits, steps) => compare(options, waits, steps)),
    { numRuns: Number(process.env['FC_RUNS'] ?? 150) },
  )
}, 120_000)

async function compare(options: { capacity: number; replay: number }, waits: boolean, steps: Step[]): Promise<void> {
  const { capacity } = options
  const clock = new FakeClock()
  const topic = new Topic<number>({ ...options, clock, onNoSubscribers: waits ? 'wait' : 'drop', name: 'T' })
  const model = new TopicModel(options.replay, waits)
  const subscriptions: { real: Subscription<number>; lost: number[] }[] = []
  const real = new Map<number, Settled>()
  const expected = new Map<number, Settled>()
  const ways: (() => void)[] = []
  let count = 0

  const watch = (promise: Promise<unknown>, controller: AbortController, leaveModel: () => void): void => {
    const id = ways.length
    ways.push(() => {
      controller.abort(new Left())
      leaveModel()
    })
    promise.then(
      (value) => real.set(id, { value }),
      (error: unknown) => real.set(id, { error: (error as Error).name }),
    )
  }
  const attempt = (action: () => unknown): unknown => {
    try {
      return action()
    } catch (error) {
      return (error as Error).name
    }
  }
  const failure = (end: string | undefined): unknown => (end === undefined || end === 'QueueClosedError' ? undefined : end)

  for (const one of steps) {
    if ('which' in one && one.do !== 'leave' && subscriptions.length === 0) continue
    const index = 'which' in one ? one.which % Math.max(1, subscriptions.length) : 0
    const there = subscriptions[index]
    const modelled = model.subscriptions[index]
    const id = ways.length
    const settle = (outcome: Settled): void => void expected.set(id, outcome)
    const controller = new AbortController()
    const signal = controller.signal
    switch (one.do) {
      case 'subscribe': {
        const lost: number[] = []
        const filter = FILTERS[one.filter]
        const plan = { policy: one.policy, lag: 1 + (one.lag % capacity), replay: one.replay % (options.replay + 1) }
        const graceMs = one.policy === 'disconnect' ? one.grace : 0
        const onDrop = (value: number): void => void lost.push(value)
        model.subscribe({ ...plan, graceMs, wants: filter ?? (() => true) })
        subscriptions.push({ real: topic.subscribe({ ...plan, filter, onDrop, disconnectAfterMs: graceMs }), lost })
        break
      }
      case 'publish': {
        const value = ++count
        const leave = model.publish(value, settle, one.timeoutMs)
        watch(topic.publish(value, { signal, timeoutMs: one.timeoutMs }), controller, leave)
        break
      }
      case 'tryPublish':
        expect(topic.tryPublish(++count)).toBe(model.tryPublish(count))
        break
      case 'take': {
        if (there === undefined || modelled === undefined) break
        const leave = model.take(modelled, settle, one.timeoutMs)
        watch(there.real.take({ signal, timeoutMs: one.timeoutMs }), controller, leave)
        break
      }
      case 'tryTake': {
        if (there === undefined || modelled === undefined) break
        const wanted = model.look(modelled) ? model.read(modelled) : failure(modelled.end)
        expect(attempt(() => there.real.tryTake())).toBe(wanted)
        break
      }
      case 'drain': {
        if (there === undefined || modelled === undefined) break
        const into: number[] = []
        const values = model.drain(modelled, one.limit)
        const answer = attempt(() => there.real.drainInto(into, one.limit))
        expect(answer).toBe(values.length === 0 ? (failure(modelled.end) ?? 0) : values.length)
        expect(into).toEqual(values)
        break
      }
      case 'leave':
        ways[one.which % Math.max(1, ways.length)]?.()
        break
      case 'advance':
        model.clock.advance(one.ms)
        clock.advance(one.ms)
        break
      case 'close':
        if (modelled !== undefined) model.finish(modelled, 'QueueClosedError')
        there?.real.close()
        break
      case 'end':
        if (one.really > 0) break
        model.finishAll(one.fails ? 'TypeError' : 'QueueClosedError')
        if (one.fails) topic.fail(new TypeError('end'))
        else topic.close()
    }
    await settled()
    expect(real).toEqual(expected)
    expect(topic.waiting).toBe(model.publishers.length)
    expect(clock.pending).toBe(model.clock.pending)
    const slowest = Math.max(0, ...model.subscriptions.map(({ unread }) => unread.length))
    expect(topic.size).toBeLessThanOrEqual(Math.min(capacity, Math.max(slowest, model.past.length)))
    for (const [i, { real: subscription, lost }] of subscriptions.entries()) {
      const twin = model.subscriptions[i]
      expect({ size: subscription.size, lost, dropped: lost.length, isClosed: subscription.isClosed }).toEqual({
        size: twin?.unread.length,
        lost: twin?.lost,
        dropped: subscription.dropped,
        isClosed: twin?.end !== undefined,
      })
    }
  }
}
