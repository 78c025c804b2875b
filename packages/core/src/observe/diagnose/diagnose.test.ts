import { describe, expect, it } from 'vitest'
import { figures, type Sketch } from '../../../test/figures'
import type { RunStats } from '../../contract/stats'
import { diagnose } from './diagnose'
import { whatIf } from './what-if'

/** Calls that are out all the time, each as long as `each`. */
const full = (bound: number, ms: number, each: number): Partial<Sketch> => ({
  states: { calling: 0.97, working: 0.01 }, held: { slots: 0.97 },
  out: (bound * ms) / each, calls: { concurrency: bound, inFlightMs: bound * ms * 0.98, atBoundMs: 0.97 * ms, inFlight: bound },
})

const some = (sketches: readonly Sketch[], ...more: [number?, Parameters<typeof figures>[2]?]) => diagnose(figures(sketches, ...more))
const told = ({ verdict, stage, cause }: ReturnType<typeof diagnose>) => [verdict, stage, cause]

describe('who is to blame', () => {
  it('X1: the step of a fused chain that is on the CPU, not the stage behind it that is at work in the same turns', () => {
    const found = some([
      { id: 'load', states: { backpressured: 0.9, calling: 0.05 } }, { id: 'parse', working: 0.85 }, { id: 'trim', working: 0.02 },
      { id: 'upload', kind: 'operator', states: { working: 0.9, calling: 0.08 }, working: 0.03, calls: { inFlightMs: 200 } }, { id: 'count', states: { working: 0.01 } },
    ], 2000, { process: { loopUtilization: 0.98, workingMs: 1900 } })
    expect(told(found)).toEqual(['cpu-step', 'parse', 'cpu'])
    expect(found.message).toContain("'parse' takes 85 % of the event loop, 17 ms a value")
  })

  it('X1: a synchronous source that burns the CPU, not its puller', () => {
    expect(told(some([{ id: 'generate', working: 0.9 }, { id: 'write', states: { working: 0.97 }, working: 0.05 }], 2000, { process: { loopUtilization: 1, workingMs: 1950 } }))).toEqual(['cpu-step', 'generate', 'cpu'])
  })

  it('X2: a stage whose calls are all out, with what more of them would give and what is next', () => {
    const found = some([
      { id: 'orders', working: 0.01, out: 412 }, { id: 'enrich', ...full(4, 2000, 19.4) },
      { id: 'write', states: { calling: 0.43 }, out: 412, held: { slots: 0.43 }, calls: { concurrency: 1, inFlightMs: 860, atBoundMs: 860, inFlight: 0 } },
    ])
    expect(told(found)).toEqual(['calls-full', 'enrich', 'outside'])
    expect(found.advice).toMatch(/^concurrency 4 → \d+ lifts 206\/s to about 4\d\d\/s, if what it calls takes it, until 'write' at 4\d\d\/s is next/)
  })

  it('X2: one call of four under way is not four of four', () => {
    const found = some([
      { id: 'orders', states: { calling: 0.99 }, out: 100 },
      { id: 'enrich', states: { calling: 0.9, idle: 0.1 }, held: { input: 0.9 }, out: 100, calls: { inFlightMs: 1800 } }, { id: 'count', states: {} },
    ])
    expect(found.verdict).toBe('source-bound')
    expect(found.stage).toBe('orders')
  })

  it('X3: the sink, and that it writes one value at a time', () => {
    const found = some([
      { id: 'rows', working: 0 }, { id: 'store', states: { calling: 0.98 }, held: { slots: 0.98 }, calls: { concurrency: 1, inFlightMs: 1960, atBoundMs: 1960, inFlight: 1 } },
    ])
    expect(told(found)).toEqual(['sink-bound', 'store', 'outside'])
    expect(found.advice).toContain('batch')
  })

  it('X4: of two that are as busy nobody is told to do what brings nothing', () => {
    const found = some([{ id: 'rows', working: 0, out: 400 }, { id: 'a', ...full(4, 2000, 20) }, { id: 'b', ...full(4, 2000, 20) }, { id: 'count', states: {} }])
    expect(found.severity).toBe('info')
    expect(found.advice).toBe('')
  })

  it('X5: a rate of its own is nothing to repair', () => {
    const found = some([{ id: 'rows', working: 0 }, { id: 'throttle', kind: 'operator', states: { limited: 0.96 }, limited: { rate: 0.96 } }, { id: 'post', states: { calling: 0.2 }, calls: { inFlightMs: 400 } }])
    expect([...told(found), found.severity]).toEqual(['own-rate', 'throttle', 'rate', 'info'])
  })

  it('X6: a limit that several share, and not the concurrency of the stage', () => {
    const found = some([
      { id: 'rows', working: 0 }, { id: 'post', states: { calling: 0.6, limited: 0.38 }, held: { permit: 0.6 }, limited: { permit: 0.38 }, calls: { concurrency: 8, inFlightMs: 1400 } }, { id: 'count', states: {} },
    ])
    expect(told(found)).toEqual(['permits', 'post', 'permit'])
    expect(found.advice).toContain('more concurrency of the stage only makes the line longer')
  })

  it('X7: one slow call that keeps the results of others back', () => {
    const found = some([
      { id: 'rows', working: 0 }, { id: 'fetch', states: { calling: 0.98 }, held: { order: 0.8, slots: 0.1 }, calls: { concurrency: 8, inFlightMs: 2200, atBoundMs: 200, oldestMs: 900, inFlight: 1 } }, { id: 'count', states: {} },
    ])
    expect(told(found)).toEqual(['head-of-line', 'fetch', 'order'])
  })

  it('X8: a storm of retries before the calls that it keeps out', () => {
    const found = some([{ id: 'rows', working: 0 }, { id: 'post', ...full(4, 2000, 20), rest: { retries: 800, errors: 800 } }, { id: 'count', states: {} }])
    expect(told(found)).toEqual(['retry-storm', 'post', 'retry'])
    expect(found.findings.map(({ verdict }) => verdict)).toContain('calls-full')
  })

  it('X9: the branch that holds the others, at its culprit', () => {
    const found = some([
      { id: 'rows', kind: 'source', working: 0 }, { id: 'broadcast', kind: 'operator', states: { backpressured: 0.9 } },
      { id: 'audit', ...full(1, 2000, 20), kind: 'operator', inputs: ['broadcast'] }, { id: 'other', kind: 'operator', states: { idle: 0.95, working: 0.05 }, inputs: ['broadcast'] },
      { id: 'count', states: {}, inputs: ['audit', 'other'] },
    ])
    expect([...told(found), found.figures['fan']]).toEqual(['slow-branch', 'audit', 'branch', 'broadcast'])
  })

  it('X9: the side that a zip lacks', () => {
    const found = some([
      { id: 'orders', kind: 'source', working: 0 }, { id: 'read', kind: 'operator', states: { backpressured: 0.9 }, inputs: ['orders'] },
      { id: 'prices', ...full(1, 2000, 20), kind: 'operator', inputs: [] },
      { id: 'zip', kind: 'operator', states: { idle: 0.97 }, inputs: ['read', 'prices'] }, { id: 'count', states: {} },
    ])
    expect(told(found)).toEqual(['starved-side', 'prices', 'input'])
  })

  it('X9: a branch that has nearly all values', () => {
    const sketch: Sketch[] = [
      { id: 'rows', kind: 'source', working: 0, out: 100 }, { id: 'partition', kind: 'operator', states: { backpressured: 0.9 } },
      { id: 'eu', ...full(1, 2000, 20), kind: 'operator', inputs: ['partition'], out: 92 }, { id: 'us', kind: 'operator', states: {}, inputs: ['partition'], out: 8 },
      { id: 'count', states: {}, inputs: ['eu', 'us'] },
    ]
    const skewOf = (loopUtilization: number) => some(sketch, 2000, { process: { loopUtilization, workingMs: loopUtilization * 1900 } }).findings.find(({ verdict }) => verdict === 'skew')
    expect(skewOf(0.1)).toMatchObject({ stage: 'partition', cause: 'eu', severity: 'advice' })
    // All branches share the loop: where that is full, no other division helps.
    expect(skewOf(0.98)).toBeUndefined()
  })

  it('X9: the stage that makes thousands of each value', () => {
    const found = some([
      { id: 'rows', working: 0, out: 2 }, { id: 'explode', in: 2, out: 2000 }, { id: 'work', ...full(1, 2000, 1) }, { id: 'count', states: {}, out: 2000 },
    ])
    expect(told(found)).toEqual(['amplified', 'explode', 'expansion'])
  })
})

describe('what is lost, or stands still', () => {
  const before = (now: RunStats, ms: number): RunStats => ({
    ...now, elapsedMs: now.elapsedMs - ms,
    stages: now.stages.map((stage) => ({
      ...stage, time: stage.time && { ...stage.time, callingMs: stage.time.callingMs - ms },
      causes: stage.causes && { ...stage.causes, calling: Object.fromEntries(Object.entries(stage.causes.calling).map(([by, all]) => [by, all - ms])) },
      calls: stage.calls && { ...stage.calls, atBoundMs: stage.calls.atBoundMs - ms },
    })),
  })

  it('X10: values that overflow, however fast the run is; those that are dropped on purpose are nobody\'s loss', () => {
    const rows = (reasons: Record<string, number>) => some([{ id: 'rows', states: {} }, { id: 'buffer', kind: 'operator', states: {}, in: 100, out: 69, queue: {}, rest: { dropped: 31 } }, { id: 'count', states: {} }], 2000, { reasons })
    expect([...told(rows({ overflow: 31 })), rows({ overflow: 31 }).severity]).toEqual(['loss', 'buffer', 'overflow', 'problem'])
    expect(rows({}).severity).not.toBe('problem')
  })

  it('X11: a sink that hangs is the one that is stalled, not the stage before it', () => {
    const now = figures([
      { id: 'rows', working: 0 }, { id: 'load', kind: 'operator', states: { backpressured: 1 }, calls: {} },
      { id: 'store', states: { calling: 1 }, calls: { concurrency: 1, inFlight: 1, oldestMs: 41_000, serviceMs: { count: 100, mean: 5, p50: 5, p95: 6, p99: 7, max: 8, min: 1, growth: null } } },
    ], 60_000)
    expect([...told(diagnose(now, before(now, 5000))), diagnose(now, before(now, 5000)).severity]).toEqual(['stalled', 'store', 'call', 'problem'])
  })

  it('X11: a call that is slow is not stalled before it is much slower than those before it', () => {
    const slow = (oldestMs: number, p99: number) => {
      const now = figures([{ id: 'rows', working: 0 }, { id: 'store', states: { calling: 1 }, held: { slots: 1 }, calls: { concurrency: 1, inFlight: 1, atBoundMs: 60_000, oldestMs, serviceMs: { count: 100, mean: p99, p50: p99, p95: p99, p99, max: p99, min: 1, growth: null } } }], 60_000)
      return diagnose(now, before(now, 5000)).verdict
    }
    expect([slow(3000, 1000), slow(19_000, 1000), slow(21_000, 1000), slow(1500, 10), slow(900, 10)]).toEqual(['sink-bound', 'sink-bound', 'stalled', 'stalled', 'sink-bound'])
  })

  it('X12: a stop that does not end names who has calls out', () => {
    const now = figures([{ id: 'rows', states: {} }, { id: 'scan', kind: 'operator', states: { calling: 1 }, calls: { inFlight: 3, oldestMs: 9000 } }, { id: 'count', states: {} }], 60_000, { status: 'stopping' })
    expect(told(diagnose(now, before(now, 1000)))).toEqual(['stop-stuck', 'scan', 'stop'])
  })

  it('X13: who held the event loop, by the step, and at which run it was', () => {
    const turn = (run: string, stage: string, ms: number) => [{ run, stage, ms, agoMs: 100 }]
    const rows: Sketch[] = [{ id: 'rows', working: 0 }, { id: 'parse', working: 0.3 }, { id: 'count', states: { working: 0.35 }, working: 0.02 }]
    const own = some(rows, 2000, { process: { longTurns: turn('run', 'count', 310), loopUtilization: 0.4, workingMs: 700 } })
    expect([...told(own), own.severity]).toEqual(['loop-blocked', 'parse', 'cpu', 'problem'])
    const other = some(rows, 2000, { process: { longTurns: turn('b', 'resize', 120), loopUtilization: 0.4, workingMs: 700 } })
    expect(told(other)).toEqual(['loop-blocked', null, 'b/resize'])
  })

  it('X13: code outside of all stages', () => {
    const found = some([{ id: 'rows', states: {} }, { id: 'count', states: {} }], 2000, { process: { loopUtilization: 0.45, workingMs: 20 } })
    expect(found.findings.map(({ verdict }) => verdict)).toContain('loop-foreign')
  })
})

describe('silence', () => {
  const quiet: Sketch[] = [{ id: 'tick', kind: 'source', states: { idle: 1 }, out: 20 }, { id: 'write', states: { idle: 0.95, calling: 0.05 }, out: 20 }]

  it('X14: one long turn in the first second of a run is the machine that loads code; a second one, or a later one, is told', () => {
    const rows: Sketch[] = [{ id: 'rows', working: 0 }, { id: 'parse', working: 0.03 }, { id: 'count', states: { idle: 0.9 } }]
    const told = (...turns: [ms: number, agoMs: number][]) => some(rows, 3500, { process: { longTurns: turns.map(([ms, agoMs]) => ({ run: 'run', stage: 'parse', ms, agoMs })), loopUtilization: 0.1, workingMs: 120 } }).findings.find(({ verdict }) => verdict === 'loop-blocked')?.severity
    expect([told([106, 3200]), told([600, 3200]), told([106, 3200], [110, 2700]), told([106, 1000])]).toEqual([undefined, 'problem', 'advice', 'advice'])
  })

  it('X14: a run that waits for events is healthy, and so is one that is paused, warms up, or stops', () => {
    expect([some(quiet).verdict, some(quiet).severity]).toEqual(['waiting', 'info'])
    const busy: Sketch[] = [{ id: 'rows', working: 0 }, { id: 'store', states: { calling: 0.98 }, held: { slots: 0.98 }, calls: { concurrency: 1, inFlightMs: 1960, atBoundMs: 1960 } }]
    expect(some(busy, 2000, { status: 'paused' }).verdict).toBe('healthy')
    expect(some(busy, 300).verdict).toBe('healthy')
    expect(some(busy, 2000, { status: 'stopping' }).verdict).toBe('healthy')
    expect(some(busy).verdict).toBe('sink-bound')
  })

  it('X15: what is allowed is left out, and what else there is comes in its place', () => {
    const now = figures([{ id: 'rows', working: 0 }, { id: 'store', states: { calling: 0.98 }, held: { slots: 0.98 }, calls: { concurrency: 1, inFlightMs: 1960, atBoundMs: 1960 } }])
    expect(diagnose(now, undefined, { allow: ['sink-bound'] }).verdict).toBe('healthy')
    expect(() => diagnose(now, undefined, { allow: ['slow' as never] })).toThrow('diagnose: allow must be an array of verdicts: cpu-step')
    expect(() => diagnose(now, undefined, { alow: [] } as never)).toThrow('diagnose: unknown option "alow"; did you mean "allow"?')
  })

  it('X16: what is answered is plain JSON', () => {
    const found = some(quiet)
    expect(JSON.parse(JSON.stringify(found))).toEqual(found)
  })
})

describe('whatIf', () => {
  const now = figures([
    { id: 'orders', working: 0.01, out: 412 }, { id: 'enrich', ...full(4, 2000, 19.4) },
    { id: 'write', states: { calling: 0.43 }, out: 412, held: { slots: 0.43 }, calls: { concurrency: 1, inFlightMs: 860, atBoundMs: 860 } },
  ])

  it('X17: the least bound is the rate, the second is what comes next', () => {
    expect(whatIf(now)).toMatchObject({ limit: { stage: 'enrich', kind: 'calls' }, next: { stage: 'write' } })
    const more = whatIf(now, undefined, { enrich: 8 })
    expect(more.rate / whatIf(now).now).toBeCloseTo(2, 1)
    expect(whatIf(now, undefined, { enrich: 100 }).limit?.stage).toBe('write')
  })

  it('X17: refuses a bound that cannot be, and a stage without calls', () => {
    expect(() => whatIf(now, undefined, { enrich: 0 })).toThrow('whatIf: concurrency.enrich must be a whole number of at least 1, got 0')
    expect(() => whatIf(now, undefined, { orders: 2 })).toThrow('whatIf: concurrency.orders must be left out')
    expect(() => whatIf({} as never)).toThrow('whatIf: expected what run.stats() answers, got ')
  })
})
