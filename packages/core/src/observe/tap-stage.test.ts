import { describe, expect, it, vi } from 'vitest'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import { broadcast, filter, flatMap, map, mapAsync, mergeMap } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { drain, forEach, from, interval, OptionError, range, tapStage, toArray, type Run, type Source } from '../index'

/** Taps from the first value on. */
function seenOf(run: Run<unknown>, stage: string, perSecond = 10_000): { seen: unknown[]; unseen: number[]; end: () => void } {
  const seen: unknown[] = []
  const unseen: number[] = []
  return { seen, unseen, end: tapStage(run, stage, (value, before) => { seen.push(value); unseen.push(before) }, { perSecond }) }
}

describe('R83: a stage that is tapped', () => {
  it('shows what it hands on, step by step where steps are fused, and what a sink is given', async () => {
    const run = range(1, 6).pipe(map((n) => n * 10), filter((n) => n % 20 === 0), map((n) => `v${n}`, { name: 'text' })).to(toArray()).run()
    const taps = ['range', 'map', 'filter', 'text', 'toArray'].map((id) => seenOf(run, id).seen)
    expect(await run).toEqual(['v20', 'v40', 'v60'])
    expect(taps).toEqual([[1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60], [20, 40, 60], ['v20', 'v40', 'v60'], ['v20', 'v40', 'v60']])
  })

  it('shows what comes out of calls, of expanding stages, of inner sources and of branches', async () => {
    const run = from([1, 2]).pipe(
      flatMap((n) => [n, n]), mapAsync(async (n) => n, { concurrency: 2 }), mergeMap((n) => [n], { concurrency: 1 }),
      broadcast([(s: Source<number>) => s.pipe(map((n) => n + 1, { name: 'more' })), (s: Source<number>) => s.pipe(map((n) => -n, { name: 'less' }))]),
    ).to(drain()).run()
    const taps = ['flatMap', 'mapAsync', 'mergeMap', 'more', 'less'].map((id) => seenOf(run, id).seen)
    const branched = seenOf(run, 'broadcast')
    await run
    expect(taps).toEqual([[1, 1, 2, 2], [1, 1, 2, 2], [1, 1, 2, 2], [2, 2, 3, 3], [-1, -1, -2, -2]])
    expect(branched.seen).toHaveLength(8)
  })

  it('shows so many a second at most, and how many passed unseen', async () => {
    const clock = new VirtualClock()
    const run = interval(1).to(drain()).run({ clock })
    const { seen, unseen, end } = seenOf(run, 'interval', 10)
    await clock.advance(3000)
    // Ten at once, and ten a second from then on.
    expect(seen.length).toBeGreaterThanOrEqual(38)
    expect(seen.length).toBeLessThanOrEqual(40)
    expect(seen.length + unseen.reduce((sum, n) => sum + n, 0)).toBeLessThanOrEqual(3000)
    expect(seen.at(-1)).toBe(seen.length + unseen.reduce((sum, n) => sum + n, 0) - 1)
    end()
    end()
    const before = seen.length
    await clock.advance(1000)
    expect(seen).toHaveLength(before)
    await run.abort().catch(() => {})
    run.catch(() => {})
  })

  it('takes of a large batch values that stand apart', async () => {
    const run = from(Array.from({ length: 200 }, (_, i) => i)).to(toArray()).run({ clock: new VirtualClock() })
    const { seen, unseen } = seenOf(run, 'from', 4)
    await run
    expect(seen).toHaveLength(4)
    expect(seen[0]).toBe(0)
    expect((seen[3] as number) - (seen[2] as number)).toBe(unseen[3]! + 1)
  })

  it('is tapped by several, each with an end of its own', async () => {
    const run = from([1, 2, 3]).to(drain()).run()
    const one = seenOf(run, 'from')
    const other = seenOf(run, 'from')
    one.end()
    await run
    expect([one.seen, other.seen]).toEqual([[], [1, 2, 3]])
    expect(seenOf(run, 'from').seen).toEqual([])
  })

  it('shows what the redact of the run leaves, and nothing of a value on which that throws', async () => {
    const run = from(['a', 'b']).to(drain()).run({ redact: (item) => { if (item === 'b') throw new Error('no'); return '***' } })
    const { seen } = seenOf(run, 'from')
    await run
    expect(seen).toEqual(['***', undefined])
  })

  it('is not hurt by what looks on: a throw ends the tap, and is an unhandled rejection', async () => {
    const boom = new Error('boom')
    const see = vi.fn(() => { throw boom })
    const rejections = await unhandledRejections(async () => {
      const run = from([1, 2, 3]).pipe(map((n) => n)).to(toArray()).run()
      tapStage(run, 'map', see)
      expect(await run).toEqual([1, 2, 3])
    })
    expect([see.mock.calls.length, rejections]).toEqual([1, [boom]])
  })

  it('may be ended, and its run as well, by who is shown a value', async () => {
    const handled: number[] = []
    const run = from([1, 2, 3]).pipe(map((n) => n)).to(forEach((n) => { handled.push(n) })).run()
    const reason = new Error('seen enough')
    let count = 0
    const end = tapStage(run, 'map', () => { count++; end(); void run.abort(reason) })
    await expect(Promise.resolve(run)).rejects.toBe(reason)
    expect(count).toBe(1)
    expect(run.stats().totals).toMatchObject({ inFlight: 0 })
  })

  it('shows nothing more once it has ended, and neither does a run that has', async () => {
    const run = from([1, 2]).pipe(map((n) => n)).to(drain()).run()
    const { seen } = seenOf(run, 'map')
    await run
    const late = run.stats().stages.map(({ id }) => seenOf(run, id))
    for (const { end } of late) end()
    expect([seen, late.flatMap((each) => each.seen)]).toEqual([[1, 2], []])
  })

  it('is named by an id of the run: another one is told with those that there are', async () => {
    const run = from([1]).to(drain()).run()
    expect(() => tapStage(run, 'other', () => {})).toThrow("tapStage: stage must be the id of a stage, as run.stats() tells it: 'from', 'drain', got \"other\"")
    expect(() => tapStage(run, 'from', () => {}, { perSecond: 0 })).toThrow(OptionError)
    expect(() => tapStage(run, 'from', 1 as never)).toThrow('see must be a function')
    expect(() => tapStage({} as never, 'from', () => {})).toThrow('tapStage: expected a run')
    await run
  })
})
