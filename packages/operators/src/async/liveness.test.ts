import { describe, expect, it } from 'vitest'
import {
  deadLetter, drain, forEach, from, paginate, range, retry, type Clock, type DeadLetter, type Operator, type Pipeline,
} from '@sluice/core'
import { asyncOperator, macrotask, PENDING, sink, SliceScheduler } from '@sluice/core/authoring'
import { filterAsync } from './filter-async'
import { mapAsync } from './map-async'
import { mapAsyncKeyed } from './map-async-keyed'
import { mapAsyncUnordered } from './map-async-unordered'
import { tapAsync } from './tap-async'

/** So many calls are watched. */
const CALLS = 1_500

/** The law: 8 ms of calls, and 64 more that it takes to see that they have turned slow. */
const boundOf = (costMs: number): number => 8 / costMs + 64

/** Runs a pipeline whose every call takes `costMs` of an injected clock; answers the most calls between two macrotasks. */
async function mostCallsInATurn(costMs: number, make: (call: () => void) => Pipeline<unknown>): Promise<number> {
  let now = 0
  const clock: Clock = {
    now: () => now,
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs)
      return () => { clearTimeout(timer) }
    },
  }
  let calls = 0
  let inTurn = 0
  let most = 0
  let over = false
  const watch = (): void => {
    inTurn = 0
    if (!over) macrotask(watch)
  }
  const stop = new AbortController()
  const pipeline = make(() => {
    now += costMs
    most = Math.max(most, ++inTurn)
    // A turn that never ends would hang the test instead of failing it.
    if (++calls >= CALLS) stop.abort(new Error('enough'))
    if (calls > 2 * CALLS) throw new Error('the calls did not end with the run')
  })
  macrotask(watch)
  const run = pipeline.run({ clock, scheduler: new SliceScheduler(clock), signal: stop.signal })
  await run.then(() => {}, () => {})
  over = true
  expect(calls).toBeGreaterThanOrEqual(CALLS)
  return most
}

const busy = new Error('busy')
const onError = retry({ times: 1e9, delayMs: 0 })
const one = { concurrency: 1 }
const through = (operator: Operator<number, unknown>, values = 1e9): Pipeline<unknown> => range(0, values).pipe(operator).to(drain())
const letters = deadLetter(sink<DeadLetter, void>('letters', () => ({ write() {}, end() {} })))

const cases: Record<string, (call: () => void) => Pipeline<unknown>> = {
  'mapAsync, fails': (call) => through(mapAsync(async () => { call(); throw busy }, { ...one, onError }), 1),
  'mapAsync, eight at once, fails': (call) => through(mapAsync(async () => { call(); throw busy }, { concurrency: 8, onError }), 8),
  'mapAsync, throws': (call) => through(mapAsync(() => { call(); throw busy }, { ...one, onError }), 1),
  'mapAsync, retryAfterMs 0': (call) => through(mapAsync(async () => { call(); throw busy }, { ...one, onError: () => ({ retryAfterMs: 0 }) }), 1),
  'mapAsync, skips': (call) => through(mapAsync(async () => { call(); throw busy }, { ...one, onError: 'skip' })),
  'mapAsync, dead letters': (call) => through(mapAsync(async () => { call(); throw busy }, { ...one, onError: letters })),
  'mapAsync, a timeout and retries': (call) => through(mapAsync(async () => { call(); throw busy }, { ...one, timeoutMs: 1e6, onError }), 1),
  'mapAsync, succeeds': (call) => through(mapAsync(async () => { call() }, one)),
  'mapAsync, answers no promise': (call) => through(mapAsync(call, one)),
  'mapAsyncUnordered, fails': (call) => through(mapAsyncUnordered(async () => { call(); throw busy }, { ...one, onError }), 1),
  'mapAsyncUnordered, succeeds': (call) => through(mapAsyncUnordered(async () => { call() }, { concurrency: 4 })),
  'mapAsyncKeyed, fails': (call) => through(mapAsyncKeyed((n: number) => n % 3, async () => { call(); throw busy }, { ...one, onError }), 9),
  'mapAsyncKeyed, a key function that throws': (call) => through(mapAsyncKeyed(() => { call(); throw busy }, async () => {}, { ...one, onError }), 1),
  'mapAsyncKeyed, succeeds': (call) => through(mapAsyncKeyed((n) => n % 3, async () => { call() }, { concurrency: 2 })),
  'mapAsyncKeyed, answers no promise': (call) => through(mapAsyncKeyed((n) => n % 3, call, { concurrency: 2 })),
  'filterAsync, chooses nothing': (call) => through(filterAsync(async () => { call(); return false }, one)),
  'filterAsync, fails': (call) => through(filterAsync(async () => { call(); throw busy }, { ...one, onError }), 1),
  'tapAsync, fails': (call) => through(tapAsync(async () => { call(); throw busy }, { ...one, onError }), 1),
  'forEach, fails': (call) => range(0, 1).to(forEach(async () => { call(); throw busy }, { onError })),
  'forEach, throws': (call) => range(0, 1).to(forEach(() => { call(); throw busy }, { onError })),
  'forEach, succeeds': (call) => range(0, 1e9).to(forEach(async () => { call() })),
  'forEach, answers promises now and then': (call) => range(0, 1e9).to(forEach((n: number) => { call(); return n % 7 === 0 ? Promise.resolve() : undefined })),
  'paginate, fails': (call) => paginate(0, async () => { call(); throw busy }, { onError }).to(drain()),
  'paginate, pages without items': (call) => paginate<number, never>(0, async (at) => { call(); return { items: [], next: at + 1 } }).to(drain()),
}

describe.each([1, 0.25])('R46: a call takes %s ms: no user function keeps timers from firing', (costMs) => {
  it.each(Object.entries(cases))('%s', async (_name, make) => {
    expect(await mostCallsInATurn(costMs, make)).toBeLessThanOrEqual(boundOf(costMs))
  })
})

it('R46: the law bites: a retry that is begun inside the reaction of the failure is caught', async () => {
  const hasty = (call: () => void): Operator<number, never> => asyncOperator<number, never>('hasty', (_upstream, stage) => {
    const attempt = (): void => {
      const work = async (): Promise<void> => { call(); throw busy }
      work().catch(() => { if (!stage.scope.signal.aborted) attempt() })
    }
    let begun = false
    return {
      pull() {
        if (!begun) attempt()
        begun = true
        return PENDING
      },
    }
  })
  expect(await mostCallsInATurn(1, (call) => from([1]).pipe(hasty(call)).to(drain()))).toBeGreaterThan(boundOf(1))
})
