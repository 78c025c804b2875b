import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { batch, broadcast, buffer, concatMap, filter, flatMap, groupBy, map, mapAsync, mergeWith, mergeMap, take, tapAsync, windowCount } from '@sluice/operators'
import { from, forEach, drain, range, type Clock, type Pipeline } from '../index'
import { macrotask, SliceScheduler, type Scheduler, type Task } from '../authoring'

const TURN_MS = 8
const CALLS = 64

/** A clock that only user functions move: what they cost is all that takes time. */
class CostClock implements Clock {
  #now = 0

  now(): number {
    return this.#now
  }

  spend(ms: number): void {
    this.#now += ms
  }

  /** Nobody here lives to see a timer fire. */
  after(): () => void {
    return () => {}
  }
}

const nextTurn = (): Promise<void> => new Promise((resolve) => { macrotask(resolve) })

/** One call of a user function: how much it costs, by how many calls there were. */
type Cost = (calls: number) => number

/** A run without end, whose user function costs what it is told and counts its calls. */
type Make = (call: () => void) => Pipeline<unknown>

async function* endless(call: () => void | Promise<void>): AsyncGenerator<number> {
  for (;;) {
    await call()
    yield 1
  }
}

const KINDS = {
  map: (call) => range(0).pipe(map(call)).to(drain()),
  forEach: (call) => range(0).to(forEach(call)),
  filter: (call) => range(0).pipe(filter(() => { call(); return false })).to(drain()),
  batch: (call) => range(0).pipe(map(call), batch(500)).to(drain()),
  windowCount: (call) => range(0).pipe(map(call), windowCount(500)).to(drain()),
  emptyArrays: (call) => range(0).pipe(flatMap(() => { call(); return [] })).to(drain()),
  merge: (call) => range(0).pipe(map(call), mergeWith(range(0))).to(drain()),
  // Tasks of one run that wake each other by turns.
  buffer: (call) => range(0).pipe(map(call), buffer(10), map(call), buffer(3)).to(drain()),
  groups: (call) => range(0).pipe(map((n) => { call(); return n }), groupBy((n) => n % 3, { maxGroups: 3, capacity: 4 }), mergeMap((group) => group.source, { concurrency: 3 })).to(drain()),
  branches: (call) => range(0).pipe(map(call), broadcast([(s) => s.pipe(buffer(3)), (s) => s])).to(drain()),
  generator: (call) => from(endless(call)).to(drain()),
  mapAsync: (call) => range(0).pipe(mapAsync(async () => { call() }, { concurrency: 8 })).to(drain()),
  generatorOfTurns: (call) => from(endless(async () => { await nextTurn(); call() })).to(drain()),
  tapAsync: (call) => range(0).pipe(tapAsync(async () => { call() }, { concurrency: 8 })).to(drain()),
  concatMap: (call) => range(0).pipe(concatMap((n) => { call(); return from(Promise.resolve(n)) })).to(drain()),
  mergeMap: (call) => range(0).pipe(mergeMap((n) => { call(); return from(Promise.resolve(n)) }, { concurrency: 4 })).to(drain()),
  // What costs is done in the gap.
  slowAfterTurns: (call) => from(endless(nextTurn)).pipe(map(call)).to(drain()),
  fewTurns: (call) => from(endless(async () => { await nextTurn(); call() })).pipe(take(20)).to(drain()),
  mapAsyncOfTurns: (call) => range(0).pipe(mapAsync(async () => { await nextTurn(); call() }, { concurrency: 1 })).to(drain()),
} satisfies Record<string, Make>

type Kind = keyof typeof KINDS
const SYNCHRONOUS: readonly Kind[] = ['map', 'forEach', 'filter', 'batch', 'windowCount', 'emptyArrays', 'merge', 'buffer', 'groups', 'branches']
const ASYNCHRONOUS: readonly Kind[] = ['generator', 'mapAsync', 'generatorOfTurns', 'mapAsyncOfTurns']

interface Work {
  readonly kind: Kind
  readonly cost: Cost
}

interface Seen {
  /** What each work has spent, in ms. */
  readonly spentMs: readonly number[]
  readonly elapsedMs: number
  /** How many turns of the event loop there were. */
  readonly turns: number
  /** The longest time between two turns of the event loop. */
  readonly worstMs: number
}

/** Runs all works side by side until so much time was spent. */
async function play(works: readonly Work[], untilMs: number, schedulerOf: (clock: Clock) => Scheduler = (clock) => new SliceScheduler(clock)): Promise<Seen> {
  const clock = new CostClock()
  const scheduler = schedulerOf(clock)
  const spentMs = works.map(() => 0)
  let over = false
  const runs = works.map(({ kind, cost }, index) => {
    let calls = 0
    const pipeline = KINDS[kind](() => {
      // What never comes to a turn of the event loop would hang the test instead of failing it.
      if (clock.now() > untilMs * 20) throw new Error('the loop is held')
      if (over) return
      const ms = cost(calls++)
      clock.spend(ms)
      spentMs[index] = (spentMs[index] ?? 0) + ms
    })
    const run = pipeline.run({ clock, scheduler })
    run.then(null, () => {})
    return run
  })
  let worstMs = 0
  let turns = 0
  for (let last = 0; last < untilMs && turns < 20_000; turns++) {
    await nextTurn()
    worstMs = Math.max(worstMs, clock.now() - last)
    last = clock.now()
  }
  const seen = { spentMs: [...spentMs], elapsedMs: clock.now(), turns, worstMs }
  over = true
  await Promise.all(runs.map((run) => run.abort().then(null, () => {})))
  return seen
}

const steady = (ms: number): Cost => () => ms
const turning = (fastMs: number, slowMs: number, after: number): Cost => (calls) => (calls < after ? fastMs : slowMs)

describe('liveness', () => {
  it.each(Object.keys(KINDS) as Kind[])('R50: %s that turns slow lets timers in after 8 ms and 64 calls', async (kind) => {
    const { worstMs } = await play([{ kind, cost: turning(0.001, 2, 3000) }], 400)
    expect(worstMs).toBeLessThanOrEqual(TURN_MS + CALLS * 2)
  })

  it.each(Object.keys(KINDS) as Kind[])('R50: %s, slow beside a fast run, lets timers in after 8 ms and a call or two', async (kind) => {
    const { worstMs } = await play([{ kind: 'map', cost: steady(0.0005) }, { kind, cost: steady(1) }], 300)
    // At a pace that is known, only what is begun within the time is finished after it.
    expect(worstMs).toBeLessThanOrEqual(TURN_MS + 4)
  })

  it('R50: any mix of runs lets timers in after 8 ms and 64 calls', async () => {
    await fc.assert(fc.asyncProperty(
      fc.array(fc.record({
        kind: fc.constantFrom(...(Object.keys(KINDS) as Kind[])),
        fastMs: fc.constantFrom(0.0005, 0.01, 0.2),
        slowMs: fc.constantFrom(0.2, 1, 3),
        after: fc.constantFrom(0, 500, Infinity),
      }), { minLength: 1, maxLength: 3 }),
      async (mix) => {
        const works = mix.map(({ kind, fastMs, slowMs, after }) => ({ kind, cost: turning(fastMs, slowMs, after) }))
        const slowest = Math.max(...mix.map(({ fastMs, slowMs, after }) => (after === Infinity ? fastMs : slowMs)))
        expect((await play(works, 120)).worstMs).toBeLessThanOrEqual(TURN_MS + CALLS * slowest)
      },
    ), { numRuns: 40 })
  })
})

describe('fairness', () => {
  const COSTS = [0.0005, 0.02, 0.5, 2]

  it.each(ASYNCHRONOUS)('R51: %s beside an endless synchronous run: each keeps a fifth of its rate', async (kind) => {
    for (const ms of [0.001, 0.1, 1]) {
      for (const other of COSTS) {
        const { spentMs: [own = 0, others = 0], elapsedMs } = await play([{ kind, cost: steady(ms) }, { kind: 'map', cost: steady(other) }], 100)
        // The clock knows no time but theirs, so alone each would have had all of it.
        expect(own / elapsedMs, `${kind} of ${ms} ms beside ${other} ms`).toBeGreaterThan(0.2)
        expect(others / elapsedMs, `${other} ms beside ${kind} of ${ms} ms`).toBeGreaterThan(0.2)
      }
    }
  })

  it.each(SYNCHRONOUS)('R51: %s gives a run that waits for macrotasks at least a fifth', async (kind) => {
    const { spentMs: [own = 0, others = 0], elapsedMs } = await play([{ kind: 'generatorOfTurns', cost: steady(0.01) }, { kind, cost: steady(0.01) }], 60)
    expect(own / elapsedMs).toBeGreaterThan(0.2)
    expect(others / elapsedMs).toBeGreaterThan(0.2)
  })

  it.each(SYNCHRONOUS)('R51: %s gives a run that waits for microtasks at least a fifth', async (kind) => {
    const { spentMs: [own = 0, others = 0], elapsedMs } = await play([{ kind: 'generator', cost: steady(0.01) }, { kind, cost: steady(0.01) }], 60)
    expect(own / elapsedMs).toBeGreaterThan(0.2)
    expect(others / elapsedMs).toBeGreaterThan(0.2)
  })

  /** Pages cannot tell when the microtasks have run out, and gaps are there as they were. */
  const tellsTurns = (globalThis as { process?: { nextTick?: unknown } }).process?.nextTick !== undefined
  const OF_TURNS: readonly Kind[] = tellsTurns ? ['generatorOfTurns', 'mapAsyncOfTurns', 'slowAfterTurns'] : []
  const OF_PROMISES: readonly Kind[] = ['generator', 'mapAsync', 'tapAsync', 'concatMap', 'mergeMap']

  it.each(OF_TURNS.flatMap((kind) => OF_PROMISES.map((other) => [kind, other] as const)))('R51: %s beside endless %s, which waits for microtasks only: each keeps a fifth of its rate', async (kind, promises) => {
    for (const ms of [0.01, 1]) {
      for (const other of [0.005, 0.02, 0.5]) {
        const { spentMs: [own = 0, others = 0], elapsedMs } = await play([{ kind, cost: steady(ms) }, { kind: promises, cost: steady(other) }], 100)
        expect(own / elapsedMs, `${kind} of ${ms} ms beside ${other} ms`).toBeGreaterThan(0.2)
        expect(others / elapsedMs, `${other} ms beside ${kind} of ${ms} ms`).toBeGreaterThan(0.2)
      }
    }
  })

  it.each(OF_PROMISES)('R51: %s has long gaps again, soon after the last of those that wait for macrotasks has gone', async (kind) => {
    const { turns, elapsedMs } = await play([{ kind: 'fewTurns', cost: steady(0.001) }, { kind, cost: steady(0.001) }], 200)
    // A gap is 2.5 ms, and where nothing waits for its end another one follows.
    expect(turns / elapsedMs).toBeLessThan(1)
  })

  it('R51: two synchronous runs share, a fast one and a slow one', async () => {
    const { spentMs: [fast = 0, slow = 0], elapsedMs } = await play([{ kind: 'map', cost: steady(0.001) }, { kind: 'map', cost: steady(3) }], 200)
    expect(fast / elapsedMs).toBeGreaterThan(0.2)
    expect(slow / elapsedMs).toBeGreaterThan(0.2)
  })
})

describe('the laws bite', () => {
  it('R50: on a scheduler that never looks at the clock', async () => {
    class Blind extends SliceScheduler {
      override spent(): boolean { return false }
      override worked(): void {}
      override isSpent(): boolean { return false }
    }
    const seen = await play([{ kind: 'map', cost: steady(1) }], 100, (clock) => new Blind(clock))
    expect(seen.worstMs).toBeGreaterThan(TURN_MS + CALLS)
  })

  it('R50: on a scheduler that grants by the values that come out', async () => {
    class ByValues extends SliceScheduler {
      override worked(): void {}
      override isSpent(): boolean { return false }
    }
    const seen = await play([{ kind: 'batch', cost: turning(0.001, 2, 3000) }], 400, (clock) => new ByValues(clock))
    expect(seen.worstMs).toBeGreaterThan(TURN_MS + CALLS * 2)
  })

  it('R51: on a scheduler that runs what is woken in a gap only after the next slice', async () => {
    /** Slices of 8 ms, one after the other; whatever is woken in between waits for the next one. */
    class Gapless implements Scheduler {
      readonly batch = 16
      readonly #clock: Clock
      #ready: Task[] = []
      #start = 0
      #armed = false

      constructor(clock: Clock) {
        this.#clock = clock
      }

      enqueue(task: Task): void {
        this.#ready.push(task)
        if (this.#armed) return
        this.#armed = true
        macrotask(() => {
          this.#armed = false
          this.#start = this.#clock.now()
          for (const each of this.#ready.splice(0)) each.run()
        })
      }

      dispatch(wake: () => void): void {
        wake()
      }

      spent(): boolean {
        return this.#clock.now() - this.#start >= TURN_MS
      }
    }
    const { spentMs: [own = 0], elapsedMs } = await play([{ kind: 'generator', cost: steady(0.001) }, { kind: 'map', cost: steady(0.02) }], 100, (clock) => new Gapless(clock))
    expect(own / elapsedMs).toBeLessThan(0.2)
  })
})
