import { describe, expect, it } from 'vitest'
import { forEach, fromProducer, range, Topic, type Operator, type Source } from '@sluice/core'
import { checked, explore, manualSource, settle, trackedSource, VirtualClock, type Seen } from '@sluice/testing'
import { alsoTo, balance, broadcast, buffer, map, mapAsync, mergeWith, partition, publish, route, share, take, unzip, wireTap, type SlowBranch } from '../index'
import { collectGarbage } from '../../../../test/collect-garbage'

const SEEDS = 150
const COUNT = 14
const numbers = Array.from({ length: COUNT }, (_, i) => i)

type Random = () => number
const pick = <T>(random: Random, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T

/** Waits a random number of microtasks, or a macrotask. */
async function pause(random: Random): Promise<void> {
  const hops = Math.floor(random() * 5)
  if (hops === 4) await settle(1)
  for (let i = 0; i < hops; i++) await Promise.resolve()
}

/** What became of one branch. */
interface Trace {
  readonly values: number[]
  end: 'ended' | 'aborted' | undefined
  /** The value its sink fails on, and how many it takes at most. */
  readonly failsOn: number | undefined
  readonly takes: number
}

/** A branch at a pace of its own: buffered or not, ending in a sink or going on, failing, taking only so many. */
function wander(random: Random, trace: Trace): (source: Source<number>) => Source<number> | ReturnType<Source<number>['to']> {
  const look = (n: number): number => {
    if (n === trace.failsOn) throw new Error(`no ${n}`)
    trace.values.push(n)
    return n
  }
  const paced: Operator<number, number> = pick<() => Operator<number, number>>(random, [
    () => (source) => source,
    () => buffer(1 + Math.floor(random() * 3)),
    () => mapAsync(async (n) => { await pause(random); return n }, { concurrency: 2 }),
  ])()
  const inSink = random() < 0.5
  return (source) => {
    const before = source.pipe(checked(), paced, take(trace.takes))
    if (!inSink) return before.pipe(map(look))
    return before.to({
      open: () => ({
        write(values, count) {
          for (let i = 0; i < count; i++) look(values[i] as number)
          return random() < 0.5 ? pause(random) : undefined
        },
        end() { trace.end = 'ended' },
        abort() { trace.end = 'aborted' },
      }),
    })
  }
}

const newTrace = (random: Random, failing: boolean): Trace => ({
  values: [],
  end: undefined,
  failsOn: failing && random() < 0.3 ? Math.floor(random() * COUNT) : undefined,
  takes: random() < 0.3 ? Math.floor(random() * 6) : 1000,
})

/** A source of tracked values that come when they like. */
function arriving(random: Random) {
  const tracked = trackedSource(numbers)
  return { tracked, source: tracked.source.pipe(mapAsync(async (n) => { await pause(random); return n }, { concurrency: 1, capacity: 0 })) }
}

const slowBranches: readonly SlowBranch[] = ['gate', { buffer: 1 }, { buffer: 3 }]

describe(`fan-outs against a model, ${SEEDS} worlds each`, () => {
  it('O7: broadcast gives each branch what it wants, in order; a ticket is settled once, and acknowledged when nothing failed', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const traces = Array.from({ length: 1 + Math.floor(random() * 3) }, () => newTrace(random, true))
      const { tracked, source } = arriving(random)
      const out: number[] = []
      const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      const run = source.pipe(checked(seen), broadcast(traces.map((trace) => wander(random, trace)), { slowBranch: pick(random, slowBranches) }), checked())
        .to(forEach(async (n) => { out.push(n); await pause(random) })).run({ scheduler })
      const failure = await run.then(() => undefined, (error: unknown) => error as Error)
      const failing = traces.filter(({ failsOn, takes }) => failsOn !== undefined && failsOn < Math.min(takes, COUNT))
      expect(failure === undefined).toBe(failing.length === 0)
      for (const trace of traces) {
        expect(trace.values).toEqual(numbers.slice(0, trace.values.length))
        if (failure === undefined) expect(trace.values).toHaveLength(Math.min(trace.takes, COUNT))
        // One that had all it wanted may have ended before another failed.
        if (trace.values.length < Math.min(trace.takes, COUNT)) expect(['aborted', undefined]).toContain(trace.end)
      }
      expect(seen.closes).toBe(1)
      expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
      // A branch that leaves gives back what its own buffers hold.
      if (failure === undefined && traces.every(({ takes }) => takes >= COUNT)) expect(new Set(tracked.statuses)).toEqual(new Set(['ack']))
    })
  })

  it('O7: route, partition and balance give each value to one branch, and lose none', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const traces = [0, 1].map(() => ({ ...newTrace(random, false), takes: 1000 }))
      const [one, two] = traces.map((trace) => wander(random, trace)) as [ReturnType<typeof wander>, ReturnType<typeof wander>]
      const slowBranch = pick(random, slowBranches)
      const threshold = random()
      let next = 0
      const fans: (() => Operator<number, unknown>)[] = [
        () => route({ one, two }, () => (random() < threshold ? 'one' : 'two'), { slowBranch }),
        () => partition(() => random() < threshold, one, two, { slowBranch }),
        () => balance(2, (source: Source<number>) => (next++ === 0 ? one : two)(source)),
      ]
      const { tracked, source } = arriving(random)
      await source.pipe(checked(), pick(random, fans)(), checked()).to(forEach(() => pause(random))).run({ scheduler })
      for (const { values } of traces) expect(values).toEqual([...values].sort((a, b) => a - b))
      expect(traces.flatMap(({ values }) => values).sort((a, b) => a - b)).toEqual(numbers)
      expect(tracked.statuses).toEqual(numbers.map(() => 'ack'))
    })
  })

  it('O7: unzip keeps the parts of a list together by their place', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const traces = [0, 1].map(() => newTrace(random, false))
      const [one, two] = traces.map((trace) => wander(random, trace)) as [ReturnType<typeof wander>, ReturnType<typeof wander>]
      const { tracked, source } = arriving(random)
      await source.pipe(map((n): [number, number] => [n, n]), unzip([one, two], { slowBranch: pick(random, slowBranches) })).to(forEach(() => {})).run({ scheduler })
      for (const { values, takes } of traces) expect(values).toEqual(numbers.slice(0, takes))
      expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
    })
  })

  it('T2: stopped, aborted or cut off at any moment, tickets are settled once, sinks told once, and nothing goes on', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const traces = [0, 1].map(() => newTrace(random, false))
      const [one, two] = traces.map((trace) => wander(random, trace)) as [ReturnType<typeof wander>, ReturnType<typeof wander>]
      const { tracked, source } = arriving(random)
      const fans: (() => Operator<number, unknown>)[] = [
        () => broadcast([one, two], { slowBranch: pick(random, slowBranches) }),
        () => broadcast([one, two], { slowBranch: 'drop' }),
        () => route({ one, two }, (n) => (n % 3 === 0 ? 'one' : 'two')),
        () => balance(2, one),
        () => alsoTo((side) => side.to(forEach((n) => { traces[0]?.values.push(n); return pause(random) })), { slowBranch: pick(random, slowBranches) as 'gate' }),
        () => wireTap((side: Source<number>) => side.to(forEach((n) => { traces[1]?.values.push(n); return pause(random) })), { buffer: Math.floor(random() * 3) }),
      ]
      const end = pick(random, ['stop', 'abort', 'take'] as const)
      const run = source.pipe(pick(random, fans)(), take(end === 'take' ? Math.floor(random() * 6) : 1000)).to(forEach(() => pause(random))).run({ scheduler })
      const settled = run.then(() => {}, () => {})
      for (let i = Math.floor(random() * 12); i > 0; i--) await pause(random)
      if (end === 'stop') expect((await run.stop()).status).toBe('completed')
      if (end === 'abort') await run.abort()
      await settled
      expect(tracked.settlements).toEqual(Array.from({ length: tracked.issued }, () => 1))
      const after = traces.map(({ values }) => values.length)
      await settle(3)
      expect(traces.map(({ values }) => values.length)).toEqual(after)
    })
  })

  it('O7: with { disconnectAfterMs } exactly those are cut off that hold others so long, and the others get everything', async () => {
    await explore(40, async ({ scheduler, random }) => {
      const clock = new VirtualClock()
      const delays = [0, ...Array.from({ length: 1 + Math.floor(random() * 3) }, () => pick(random, [0, 10, 40, 80, 500]))]
      const got = delays.map((): number[] => [])
      const cut: number[] = []
      const tracked = trackedSource(numbers)
      const run = tracked.source.pipe(broadcast(delays.map((delay, branch) => (source: Source<number>) => source.to(forEach(async (n) => {
        await clock.sleep(delay)
        got[branch]?.push(n)
      }))), { slowBranch: { disconnectAfterMs: 50 }, onDisconnect: (branch) => cut.push(branch) })).to(forEach(() => {})).run({ scheduler, clock })
      await clock.runOut(run, scheduler.resting)
      expect(cut.sort()).toEqual([...delays.keys()].filter((branch) => (delays[branch] ?? 0) > 50))
      for (const [branch, values] of got.entries()) expect(values).toEqual(cut.includes(branch) ? numbers.slice(0, values.length) : numbers)
      expect(tracked.settlements).toEqual(numbers.map(() => 1))
      expect(clock.pendingTimers).toBe(0)
    })
  })

  it('O7: alsoTo loses nothing; of wireTap, what the side got and what it lost is everything', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      const also: number[] = []
      const tapped: number[] = []
      const lost: number[] = []
      const { tracked, source } = arriving(random)
      const out: number[] = []
      await source.pipe(
        alsoTo(forEach(async (n) => { await pause(random); also.push(n) }), { slowBranch: pick(random, slowBranches) as 'gate' }),
        wireTap(forEach(async (n) => { await pause(random); tapped.push(n) }), { buffer: Math.floor(random() * 3), onDrop: (n) => lost.push(n) }),
      ).to(forEach(async (n) => { await pause(random); out.push(n) })).run({ scheduler })
      expect([out, also]).toEqual([numbers, numbers])
      expect(tapped).toEqual([...tapped].sort((a, b) => a - b))
      expect([...tapped, ...lost].sort((a, b) => a - b)).toEqual(numbers)
      expect(tracked.statuses).toEqual(numbers.map(() => 'ack'))
    })
  })

  it('O7: share gives each reader a stretch without gaps, from when it came to when it left', async () => {
    await explore(SEEDS, async ({ scheduler, random }) => {
      let open = 0
      const shared = share(fromProducer<number>(async ({ push, signal }) => {
        open++
        try {
          for (const n of numbers) {
            if (signal.aborted) break
            await pause(random)
            await push(n)
          }
        } finally {
          open--
        }
      }), { capacity: 1 + Math.floor(random() * 4) })
      const readers = Array.from({ length: 3 }, async () => {
        await pause(random)
        const seen: number[] = []
        const takes = random() < 0.5 ? 1000 : Math.floor(random() * 6)
        const run = shared.pipe(checked(), take(takes)).to(forEach(async (n) => { seen.push(n); await pause(random) })).run({ scheduler })
        if (random() < 0.3) {
          await pause(random)
          await run.abort()
          await run.then(() => {}, () => {})
        } else {
          await run
        }
        expect(seen).toEqual(numbers.slice(seen[0] ?? 0, (seen[0] ?? 0) + seen.length))
      })
      await Promise.all(readers)
      await settle(4)
      expect(open).toBe(0)
    })
  })
})

it.each<[string, () => Operator<number, unknown>]>([
  ['broadcast', () => broadcast([(s) => s, (s) => s.to(forEach(() => {}))], { slowBranch: { disconnectAfterMs: 10 } })],
  ['route', () => route({ one: (s) => s, two: (s) => s.to(forEach(() => {})) }, () => 'one', { slowBranch: { disconnectAfterMs: 10 } })],
  ['partition', () => partition(() => true, (s) => s, (s) => s, { slowBranch: { disconnectAfterMs: 10 } })],
  ['balance', () => balance(3, (s) => s)],
  ['alsoTo', () => alsoTo(forEach(() => {}), { slowBranch: { disconnectAfterMs: 10 } })],
  ['wireTap', () => wireTap(forEach(() => {}), { buffer: 2 })],
  ['publish', () => publish(new Topic({ capacity: 1 }))],
])('%s holds no timer when some values have come and then none for an hour', async (_name, make) => {
  const clock = new VirtualClock()
  const probe = manualSource<number>()
  const run = probe.source.pipe(make()).to(forEach(() => {})).run({ clock })
  probe.emit(1, 2, 3)
  await clock.advance(3_600_000)
  expect([probe.delivered, clock.pendingTimers]).toEqual([3, 0])
  await run.stop()
})


it('R24: what was delivered is not kept by a fan-out that rests', async () => {
  const refs: WeakRef<object>[] = []
  const objects = range(0, 5).pipe(map(() => {
    const value = {}
    refs.push(new WeakRef(value))
    return value
  }))
  const rest = fromProducer<object>(({ signal }) => new Promise<void>((resolve) => { signal.addEventListener('abort', () => { resolve() }) }))
  const run = objects.pipe(
    mergeWith(rest), alsoTo(forEach(() => {}), { slowBranch: { buffer: 2 } }), wireTap(forEach(() => {})),
    route({ one: (s) => s, two: (s) => s.to(forEach(() => {})) }, () => 'one'),
    balance(2, (s) => s), broadcast([(s) => s, (s) => s.to(forEach(() => {}))], { slowBranch: { buffer: 4 } }),
  ).to(forEach(() => {})).run()
  await settle(20)
  expect([refs.length, run.stats().stages.at(-1)?.out]).toEqual([5, 5])
  // A collector that looks at the stack conservatively may need some turns until nothing there looks like one of the objects.
  let kept = refs.length
  for (let i = 0; i < 20 && kept > 0; i++) {
    collectGarbage?.()
    await settle(2)
    kept = refs.filter((ref) => ref.deref() !== undefined).length
  }
  expect(kept).toBe(0)
  await run.stop()
})
