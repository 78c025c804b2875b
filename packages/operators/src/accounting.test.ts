import { describe, expect, it } from 'vitest'
import { BoundedQueue, diagnose, drain, forEach, from, Limit, range, retry, type Operator, type Pipeline, type Run, type StageStats, type StageTime } from '@sluice/core'
import { manualSource, VirtualClock } from '@sluice/testing'
import { batch, buffer, debounce, delay, Gate, map, filter, mapAsync, pauseWhen, rateLimit, throttle } from './index'

type State = keyof StageTime

/** The stage of a name, and the states in which it was for any time, in ms. */
function timesOf(run: Run<unknown>, name: string): Partial<Record<State, number>> {
  const { time } = stageOf(run, name)
  return Object.fromEntries(Object.entries(time ?? {}).flatMap(([state, ms]) => (ms > 0 ? [[state, Math.round(ms * 1000) / 1000]] : [])))
}

function stageOf(run: Run<unknown>, name: string): StageStats {
  const stage = run.stats().stages.find((each) => each.name === name)
  if (stage === undefined) throw new Error(`there is no stage '${name}'`)
  return stage
}

/** Runs a pipeline for so many ms of virtual time, answers what `look` answers then, and aborts the run. */
async function after<R>(ms: number, make: (clock: VirtualClock) => Pipeline<unknown>, look: (run: Run<unknown>) => R): Promise<R> {
  const clock = new VirtualClock()
  const run = make(clock).run({ clock, name: 'test' })
  run.catch(() => {})
  await clock.advance(ms)
  const seen = look(run)
  await clock.runOut(run.abort())
  return seen
}

/** A clock that goes on only where the script says so: so a function can take time on the CPU. */
function handClock(): { now(): number; after(): () => void; at: number } {
  return { at: 0, now() { return this.at }, after: () => () => {} }
}

describe('each state is what the script made it', () => {
  it('F5: calls that are out are time in calling, held by the places where all are taken', async () => {
    const seen = await after(100, (clock) => range(0, 1e6).pipe(mapAsync(() => clock.sleep(10), { concurrency: 4 })).to(drain()), (run) => [
      timesOf(run, 'mapAsync'), stageOf(run, 'mapAsync').causes?.calling, timesOf(run, 'drain'), stageOf(run, 'mapAsync').calls,
    ])
    expect(seen).toEqual([
      { callingMs: 100 }, { slots: 100 }, { idleMs: 100 },
      { started: 44, settled: 40, inFlight: 4, concurrency: 4, inFlightMs: 400, peakInFlight: 4, atBoundMs: 100, oldestMs: 0, serviceMs: { count: 40, mean: 10, p50: 10, p95: 10, p99: 10, max: 10, min: 10, growth: 0 } },
    ])
  })

  it('F5: one call of four is time in calling for want of input, and not as busy as four of four', async () => {
    const clock = new VirtualClock()
    const probe = manualSource<number>()
    const run = probe.source.pipe(mapAsync(() => clock.sleep(10), { concurrency: 4 })).to(drain()).run({ clock })
    await clock.advance(20)
    probe.emit(1)
    await clock.advance(30)
    expect([timesOf(run, 'mapAsync'), stageOf(run, 'mapAsync').causes?.calling]).toEqual([{ idleMs: 40, callingMs: 10 }, { input: 10 }])
    expect(stageOf(run, 'mapAsync').calls).toMatchObject({ inFlightMs: 10, peakInFlight: 1, atBoundMs: 0 })
    probe.end()
    await run
  })

  it('F5: a sink that writes is calling, and the stage before it waits for room', async () => {
    const seen = await after(100, (clock) => range(0, 1e6).pipe(buffer(4)).to(forEach(() => clock.sleep(10))), (run) => [timesOf(run, 'buffer'), timesOf(run, 'forEach'), timesOf(run, 'range')])
    expect(seen).toEqual([{ backpressuredMs: 100 }, { callingMs: 100 }, { backpressuredMs: 100 }])
  })

  it.each<[string, string, (clock: VirtualClock) => Pipeline<unknown>, State, string]>([
    ['a throttle', 'throttle', () => range(0, 1e6).pipe(throttle({ rate: { count: 1, perMs: 10, burst: 1 } })).to(drain()), 'limitedMs', 'rate'],
    ['a rate limit', 'rateLimit', () => range(0, 1e6).pipe(rateLimit({ rate: { count: 1, perMs: 10, burst: 1 }, capacity: 4 })).to(drain()), 'limitedMs', 'rate'],
    ['a delay', 'delay', () => from([1]).pipe(delay(1000)).to(drain()), 'limitedMs', 'timer'],
    ['a gate that is closed', 'pauseWhen', () => range(0, 1e6).pipe(pauseWhen(new Gate({ open: false }))).to(drain()), 'limitedMs', 'gate'],
    ['the wait before the next try', 'mapAsync', () => from([1]).pipe(mapAsync(() => Promise.reject(new Error('down')), { concurrency: 1, onError: retry({ times: 5, delayMs: 1000 }) })).to(drain()), 'limitedMs', 'retry'],
  ])('F5: %s is time in limited, by its cause', async (_what, name, make, state, cause) => {
    const seen = await after(100, make, (run) => [timesOf(run, name), stageOf(run, name).causes?.limited])
    expect(seen).toEqual([{ [state]: 100 }, { [cause]: 100 }])
  })

  it('F5: values that wait for their time are time in limited: a debounce, a batch that is not full', async () => {
    for (const [name, operator] of [['debounce', debounce<number>(1000)], ['batch', batch<number>(500, { withinMs: 1000 })]] as const) {
      const clock = new VirtualClock()
      const probe = manualSource<number>()
      const run = probe.source.pipe(operator as Operator<number, unknown>).to(drain()).run({ clock })
      run.catch(() => {})
      await clock.advance(30)
      probe.emit(1)
      await clock.advance(50)
      expect([name, timesOf(run, name).limitedMs, stageOf(run, name).causes?.limited]).toEqual([name, 50, { timer: 50 }])
      await clock.runOut(run.abort())
    }
  })

  it('F5: a batch that input fills before its time was waiting for input, and what is slow is the stage before', async () => {
    const [slow, idleMs, limitedMs, stage] = await after<readonly [object, number, number, string | null]>(2000, (clock) => range(0, 1e6).pipe(mapAsync((n) => clock.sleep(1).then(() => n), { concurrency: 1, name: 'slow' }), batch(10, { withinMs: 50 })).to(drain()), (run) => [
      timesOf(run, 'slow'), timesOf(run, 'batch').idleMs ?? 0, timesOf(run, 'batch').limitedMs ?? 0, diagnose(run).stage,
    ])
    expect([slow, idleMs + limitedMs, stage]).toEqual([{ callingMs: 2000 }, 2000, 'slow'])
    // The batch at hand may still be waiting.
    expect(limitedMs).toBeLessThanOrEqual(10)
  })

  it('F5: calls that wait for a permit are not under way: the stage that holds no permit is limited', async () => {
    const limit = new Limit({ concurrency: 1, name: 'db' })
    const permit = limit.tryAcquire()
    const seen = await after(100, () => range(0, 1e6).pipe(mapAsync(async (n) => Promise.resolve(n), { concurrency: 4, limit })).to(drain()), (run) => [
      timesOf(run, 'mapAsync'), stageOf(run, 'mapAsync').causes?.limited, stageOf(run, 'mapAsync').calls?.inFlight,
    ])
    expect(seen).toEqual([{ limitedMs: 100 }, { permit: 100 }, 0])
    permit?.release()
  })

  it('F5: a paused run is limited by that where it has something to do, and idle where it has not', async () => {
    const clock = new VirtualClock()
    const queue = new BoundedQueue<number>({ capacity: 10, clock })
    const run = from(queue).pipe(buffer(2)).to(drain()).run({ clock })
    await clock.advance(10)
    run.pause()
    await queue.put(1)
    await clock.advance(50)
    expect(timesOf(run, 'buffer')).toEqual({ idleMs: 10, limitedMs: 50 })
    expect([stageOf(run, 'buffer').causes?.limited, timesOf(run, 'drain')]).toEqual([{ pause: 50 }, { idleMs: 60 }])
    run.resume()
    await clock.advance(5)
    expect(timesOf(run, 'buffer')).toEqual({ idleMs: 15, limitedMs: 50 })
    queue.close()
    await run
  })

  it('F5: an interval is idle, and a source that is waited for is calling', async () => {
    async function* slow(clock: VirtualClock): AsyncGenerator<number> {
      for (let n = 0; ; n++) {
        await clock.sleep(10)
        yield n
      }
    }
    const seen = await after(100, (clock) => from(slow(clock)).pipe(map((n) => n)).to(drain()), (run) => [timesOf(run, 'from'), timesOf(run, 'drain')])
    expect(seen).toEqual([{ callingMs: 100 }, { idleMs: 100 }])
  })
})

describe('steps of a fused chain', () => {
  it('F6: a step of 5 ms has its part of what the chain has worked, whatever stands around it', async () => {
    for (const place of [0, 2, 5]) {
      const clock = handClock()
      const names = ['a', 'b', 'c', 'd', 'e', 'f']
      const work = (index: number) => (n: number): number => {
        clock.at += index === place ? 5 : 0.01
        return n
      }
      const chain = names.reduce((source, name, index) => (index === 3 ? source.pipe(filter((n) => work(index)(n) >= 0, { name })) : source.pipe(map(work(index), { name }))), range(0, 200))
      const run = chain.to(drain()).run({ clock })
      await run
      const worked = run.stats().stages.map(({ name, workingMs }) => [name, Math.round(workingMs * 100) / 100])
      expect(worked).toEqual([['range', 0], ...names.map((name, index) => [name, index === place ? 1000 : 2]), ['drain', 0]])
    }
  })

  it('F6: what is worked in the turns of two tasks is told apart by them, and the one that is ready meanwhile is blocked by the other', async () => {
    const clock = handClock()
    const run = range(0, 100).pipe(map((n) => ((clock.at += 1), n), { name: 'before' }), buffer(4), map((n) => ((clock.at += 3), n), { name: 'behind' })).to(drain()).run({ clock, name: 'two' })
    await run
    const { stages, elapsedMs } = run.stats()
    expect(stages.map(({ name, workingMs }) => [name, workingMs])).toEqual([['range', 0], ['before', 100], ['buffer', 0], ['behind', 300], ['drain', 0]])
    for (const name of ['buffer', 'drain']) {
      const { time } = stageOf(run, name)
      expect(Object.values<number>({ ...time }).reduce((sum, ms) => sum + ms, 0)).toBeCloseTo(elapsedMs)
    }
    const { causes, time } = stageOf(run, 'buffer')
    expect([causes?.blocked, time?.blockedMs]).toEqual([{ 'two/behind': time?.blockedMs }, causes?.blocked['two/behind']])
    expect(time?.blockedMs).toBeGreaterThan(200)
  })
})
