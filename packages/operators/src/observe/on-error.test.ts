import { describe, expect, it } from 'vitest'
import { from, retry, toArray, type OnError, type Operator } from '@sluice/core'
import { trackedSource, VirtualClock } from '@sluice/testing'
import { countValues } from './count-values'
import { inspectEdge } from './inspect-edge'
import { log } from './log'
import { measure } from './measure'
import { tap } from './tap'

/** Operators that look on, each with a look of its own that calls `probe` once a value. */
const onlookers: Record<string, (probe: () => void, onError?: OnError<number>) => Operator<number, number>> = {
  tap: (probe, onError) => tap(probe, { onError }),
  countValues: (probe, onError) => countValues(probe, { onError }),
  log: (probe, onError) => log('n', { logger: (_prefix, value) => { if (typeof value === 'number') probe() }, onError }),
  measure: (probe, onError) => measure(({ ended }) => { if (!ended) probe() }, { everyMs: 0, onError }),
  inspectEdge: (probe, onError) => inspectEdge(({ kind }) => { if (kind === 'values') probe() }, { onError }),
}
const BOOM = new Error('boom')
/** Throws at the second call, and as often after it. */
const troubled = (times: number) => {
  let calls = 0
  return () => { if (++calls >= 2 && calls < 2 + times) throw BOOM }
}

describe.each(Object.entries(onlookers))('%s', (_, make) => {
  it('R30: with skip the value at which its function fails is left out, and counts as skipped', async () => {
    const tracked = trackedSource([1, 2, 3])
    const run = tracked.source.pipe(make(troubled(1), 'skip')).to(toArray()).run()
    expect(await run).toEqual([1, 3])
    expect(run.stats().totals).toMatchObject({ skipped: 1, failed: 0, abandoned: 0 })
    expect(tracked.statuses).toEqual(['ack', 'ack', 'ack'])
  })

  it('R31: with retry its function is called again, and the value passes once', async () => {
    const clock = new VirtualClock()
    const run = from([1, 2, 3]).pipe(make(troubled(2), retry({ times: 3 }))).to(toArray()).run({ clock })
    expect(await clock.runOut(run)).toEqual([1, 2, 3])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 3, skipped: 0, abandoned: 0 })
  })

  it('O6: without onError the values before come out, then the run fails', async () => {
    const out: number[] = []
    const run = from([1, 2, 3]).pipe(make(troubled(9)), tap((n) => out.push(n))).to(toArray()).run()
    await expect(run.then()).rejects.toBe(BOOM)
    expect(out).toEqual(out.length === 0 ? [] : [...Array(out.length).keys()].map((i) => i + 1))
    expect(out).not.toContain(3)
  })

  it('O13: refuses an onError that is no policy', () => {
    expect(() => make(() => {}, 'ignore' as never)).toThrow(/onError must be 'fail'/)
  })
})

it('R31: a value that is tried again is counted once', async () => {
  const counts: number[] = []
  const seen: string[] = []
  let fails = 2
  const clock = new VirtualClock()
  const look = (n: number): void => {
    if (n === 2 && fails-- > 0) throw BOOM
    counts.push(n)
  }
  let last = 0
  const run = from(['a', 'b', 'c']).pipe(
    countValues(look, { onError: retry({ times: 3 }) }),
    log('v', { every: 2, logger: (...parts) => { if (fails-- > -2 && parts[1] === 'b') throw BOOM; seen.push(parts.join(' ')) }, onError: retry({ times: 5 }) }),
    measure(({ values }) => { last = values }, { onError: 'skip' }),
  ).to(toArray()).run({ clock })
  expect(await clock.runOut(run)).toEqual(['a', 'b', 'c'])
  expect([counts, seen, last]).toEqual([[1, 2, 3], ['v b', 'v completed'], 3])
})
