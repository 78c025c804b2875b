import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { buffer, tap } from '@sluice/operators'
import { settle, VirtualClock } from '@sluice/testing'
import { figures, type Sketch } from '../../../test/figures'
import { drain, forEach, interval, never, range, type Warning } from '../../index'
import { lookAt, Lookout, source, watchWarnings } from '../../authoring'
import { collectGarbage } from '../../../../../test/collect-garbage'
import { warnOfDeadlock } from './watch'

const said: string[] = []
beforeEach(() => {
  said.length = 0
  vi.spyOn(console, 'warn').mockImplementation((line: string) => { said.push(line) })
})
afterEach(() => { vi.restoreAllMocks() })

const seen = () => {
  const warnings: Warning[] = []
  return { warnings, lookout: new Lookout((warning) => warnings.push(warning)) }
}

describe('a lookout', () => {
  const hanging = (oldestMs: number): Sketch[] => [
    { id: 'rows', working: 0 },
    { id: 'store', states: { calling: 1 }, calls: { concurrency: 1, inFlight: 1, oldestMs, serviceMs: { count: 50, mean: 5, p50: 5, p95: 6, p99: 7, max: 8, min: 1, growth: null } } },
  ]

  it('X20: tells of a stall once, from ten seconds on, and again after a clear minute', () => {
    const { warnings, lookout } = seen()
    lookout.look(figures(hanging(9000), 20_000))
    expect(warnings).toEqual([])
    for (let ms = 21_000; ms < 40_000; ms += 1000) lookout.look(figures(hanging(ms - 10_000), ms))
    expect(warnings).toMatchObject([{ kind: 'stall', run: 'run', stage: 'store' }])
    expect(warnings[0]?.message).toMatch(/^run 'run': 'store' has waited 1\d s for a call that does not come back/)
    lookout.look(figures(hanging(5), 41_000))
    lookout.look(figures(hanging(30_000), 102_000))
    expect(warnings).toHaveLength(2)
  })

  it('X20: tells of values that were dropped for lack of room, by stage', () => {
    const { warnings, lookout } = seen()
    const rows = (dropped: number) => figures([{ id: 'rows', states: {} }, { id: 'latest', kind: 'operator', states: {}, in: 100, queue: { capacity: 1 }, rest: { dropped } }, { id: 'count', states: {} }], 1000 + dropped, { reasons: { overflow: dropped } })
    for (const dropped of [0, 0, 31, 40]) lookout.look(rows(dropped))
    expect(warnings).toMatchObject([{ kind: 'drop', stage: 'latest', figures: { dropped: 31, capacity: 1 } }])
  })

  it('X20: tells of a stage that held the loop, not of one of another run, and not twice of one turn', () => {
    const { warnings, lookout } = seen()
    const rows = (ms: number, longTurns: readonly [string, number, number][]) =>
      figures([{ id: 'rows', states: {} }, { id: 'count', states: {} }], ms, { process: { longTurns: longTurns.map(([run, took, agoMs]) => ({ run, stage: 'count', ms: took, agoMs })) } })
    lookout.look(rows(1000, [['other', 900, 10], ['run', 60, 10]]))
    lookout.look(rows(2000, [['run', 310, 500]]))
    lookout.look(rows(3000, [['run', 310, 1500]]))
    expect(warnings.map(({ kind, message }) => [kind, message])).toEqual([['blocked-loop', "run 'run': 'count' held the event loop for 310 ms: timers, I/O and all other stages stood still meanwhile"]])
  })
})

describe('without asking', () => {
  it('X21: a run on a clock of its own is looked at by hand, by the time of that clock', async () => {
    const clock = new VirtualClock()
    const warnings: Warning[] = []
    const run = interval(1000).to(forEach((n) => (n < 5 ? undefined : new Promise<void>(() => {})), { name: 'store' })).run({ clock, closeDeadlineMs: 10, onWarning: (warning) => { warnings.push(warning) } })
    for (let second = 0; second < 30; second++) {
      await clock.advance(1000)
      lookAt(run)
    }
    expect(warnings.map(({ kind, stage }) => [kind, stage])).toEqual([['stall', 'store']])
    const over = run.abort()
    await clock.advance(1000)
    await over
    await run.catch(() => {})
    expect(said).toEqual([])
  })

  it('X21: a run that waits for events, for time or for somebody who resumes it gives no warning', async () => {
    const clock = new VirtualClock()
    const runs = [interval(60_000).to(drain()).run({ clock }), never().to(drain()).run({ clock }), range(0).to(forEach(() => clock.sleep(2000))).run({ clock })]
    runs[2]?.pause()
    for (let second = 0; second < 100; second++) {
      await clock.advance(1000)
      for (const run of runs) lookAt(run)
    }
    for (const run of runs) {
      const over = run.abort()
      await clock.advance(3000)
      await over
      await run.catch(() => {})
    }
    expect(said).toEqual([])
  })

  it('X21: values that overflow are told of when the run ends, whenever it began, by a line on the console where nobody else wants to know', async () => {
    const bursts = source<number>('bursts', (stage) => {
      let left = 3
      return {
        live: true,
        pull(into, limit) {
          if (left-- === 0) return -2
          const count = Math.min(limit, 50)
          for (let i = 0; i < count; i++) into[i] = i
          if (left > 0) setTimeout(stage.wake, 150)
          return count
        },
      }
    })
    const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
    const overflowing = bursts.pipe(buffer(1, { overflow: 'drop-newest', name: 'latest' })).to(forEach(() => sleep(100)))
    // The process looks about each second: of runs that begin at all times between two looks, some live through one look.
    await Promise.all([0, 200, 400, 600, 800].map(async (ms) => { await sleep(ms); await overflowing.run({ name: `feed ${ms}` }) }))
    const names = said.map((line) => /^sluice: run '(feed \d+)': 'latest' drops values because its queue is full: \d+ so far/.exec(line)?.[1])
    expect(names.sort()).toEqual(['feed 0', 'feed 200', 'feed 400', 'feed 600', 'feed 800'])
  })

  it('X21: a deadlock is told of by what it is, and what onWarning throws is not lost', async () => {
    const warnings: Warning[] = []
    warnOfDeadlock({ name: 'orders', onWarning: (warning) => { warnings.push(warning) } }, 'zip', 'a.ts:1:2', 'nothing can go on')
    expect(warnings).toEqual([{ kind: 'deadlock', run: 'orders', stage: 'zip', site: 'a.ts:1:2', message: 'nothing can go on', figures: {} }])
    const lost = new Promise((resolve) => { process.once('unhandledRejection', resolve) })
    warnOfDeadlock({ name: 'orders', onWarning: () => { throw new Error('of mine') } }, 'zip', null, '')
    expect(await lost).toMatchObject({ message: 'of mine' })
  })

  it('X23: who watches warnings is told of all runs, or of one, beside onWarning, until that ends; what it throws is not lost', async () => {
    const all: string[] = []
    const unwatch = watchWarnings(({ run, site }) => { all.push(`${run} ${site ?? ''}`) })
    const own: string[] = []
    const scope = { name: 'orders', onWarning: ({ kind }: Warning) => { own.push(kind) } }
    warnOfDeadlock(scope, 'zip', 'a.ts:1:2', 'nothing can go on')
    const run = range(0, 1).to(drain()).run()
    const unwatchOther = watchWarnings(() => { all.push('other') }, run)
    warnOfDeadlock({ ...scope, onWarning: undefined }, 'zip', null, '')
    unwatch()
    warnOfDeadlock(scope, 'zip', null, '')
    expect(all).toEqual(['orders a.ts:1:2', 'orders '])
    expect(own).toEqual(['deadlock', 'deadlock'])
    expect(said).toEqual([])
    unwatchOther()
    await run
    const lost = new Promise((resolve) => { process.once('unhandledRejection', resolve) })
    const end = watchWarnings(() => { throw new Error('of a tool') })
    warnOfDeadlock(scope, 'zip', null, '')
    end()
    expect(await lost).toMatchObject({ message: 'of a tool' })
    expect(() => watchWarnings(5 as never)).toThrow('watchWarnings: told must be a function, got 5')
    expect(() => watchWarnings(() => {}, {} as never)).toThrow('watchWarnings: expected a run')
  })

  it('X21: what is no function is refused by name', () => {
    expect(() => range(0, 1).to(drain()).run({ onWarning: 5 as never })).toThrow('run: onWarning must be a function, got 5')
  })

  it.runIf(collectGarbage)('X22: the watch keeps no run that nobody else keeps', async () => {
    const abandoned = (): WeakRef<object> => new WeakRef(never().pipe(tap(() => {})).to(drain()).run())
    const refs = Array.from({ length: 3 }, abandoned)
    const watched = (): WeakRef<object> => {
      const run = never().to(drain()).run()
      watchWarnings(() => { run.pause() }, run)
      return new WeakRef(run)
    }
    refs.push(watched())
    await new Promise((resolve) => setTimeout(resolve, 2200))
    await settle()
    collectGarbage?.()
    expect(refs.filter((ref) => ref.deref() !== undefined)).toEqual([])
  })
})
