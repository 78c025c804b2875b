import { expect, it } from 'vitest'
import { drain, failing, from, never, OptionError, range, toArray } from '@sluice/core'
import { source } from '@sluice/core/authoring'
import { explore, manualSource, settle, trackedSource, VirtualClock } from '@sluice/testing'
import { randomArrivals, rounded, settled, timedSink, timeline, type Timed } from '../../test/timeline'
import { underLaw } from '../../test/under-law'
import { Gate, pauseWhen } from '../index'

const same = (values: readonly unknown[]): unknown[] => [...values]

underLaw('pauseWhen', {
  'an open gate': { make: () => pauseWhen(new Gate()), reference: same },
  'a signal that is silent': { make: () => pauseWhen(never()), reference: same },
  'a signal that pauses and resumes': { make: () => pauseWhen(from([false, true, false, true, false])), reference: same },
  'a signal that ends paused': { make: () => pauseWhen([true]), reference: same },
})

it('pulls nothing while the gate is closed, and goes on when it opens', async () => {
  const gate = new Gate({ open: false })
  const probe = manualSource<number>()
  const out: unknown[] = []
  const run = probe.source.pipe(pauseWhen(gate)).to(timedSink(new VirtualClock(), out as never)).run()
  probe.emit(1, 2)
  await settle(2)
  expect([probe.pulls, out.length]).toEqual([0, 0])
  gate.open()
  await settle(2)
  expect(out).toHaveLength(2)
  gate.close()
  probe.emit(3)
  probe.end()
  await settle(2)
  expect([out.length, run.status]).toEqual([2, 'running'])
  gate.open()
  await run
  expect(out).toHaveLength(3)
})

it('one gate holds back any number of runs, and keeps nothing of those that have ended', async () => {
  const gate = new Gate()
  const runs = [1, 2, 3].map(() => range(0, 100).pipe(pauseWhen(gate)).to(toArray()).run())
  const endless = never().pipe(pauseWhen(gate)).to(drain()).run()
  await Promise.all(runs)
  expect(gate.listeners).toBe(1)
  await endless.abort().then(() => settled(endless))
  expect(gate.listeners).toBe(0)
})

it('a gate tells of changes, once each, and only those who still listen', () => {
  const gate = new Gate()
  const seen: string[] = []
  const listener = (): void => { seen.push(gate.isOpen ? 'open' : 'closed') }
  const leave = gate.onChange(listener)
  gate.onChange(listener)
  gate.open()
  gate.close()
  gate.close()
  leave()
  leave()
  gate.open()
  expect(seen).toEqual(['closed', 'closed', 'open'])
})

it('a signal pauses from true to false', async () => {
  const signal = manualSource<boolean>()
  const probe = manualSource<number>()
  const run = probe.source.pipe(pauseWhen(signal.source)).to(toArray()).run()
  await settle(2)
  signal.emit(false, true)
  probe.emit(1)
  await settle(2)
  expect(probe.delivered).toBe(0)
  signal.emit(true)
  await settle(2)
  expect(probe.delivered).toBe(0)
  signal.emit(true, false)
  await settle(2)
  expect(probe.delivered).toBe(1)
  probe.end()
  expect(await run).toEqual([1])
  expect(signal.closeCount).toBe(1)
})

it('a signal that always says something is read in part, and lets values through when it says false', async () => {
  let said = 0
  const chatty = source<boolean>('chatty', () => ({ pull: (into, limit) => {
    for (let i = 0; i < limit; i++) into[i] = said % 300 < 200
    said += limit
    return limit
  } }))
  expect(await range(0, 20).pipe(pauseWhen(chatty)).to(toArray()).run()).toHaveLength(20)
})

it('a signal that ends pauses no more, so a stop drains what is there', async () => {
  const signal = manualSource<boolean>()
  const probe = manualSource<number>()
  const run = probe.source.pipe(pauseWhen(signal.source)).to(toArray()).run()
  signal.emit(true)
  await settle(2)
  expect((await run.stop()).status).toBe('completed')
  expect(await run).toEqual([])
})

it('a stop opens no gate: it ends by its deadline', async () => {
  const clock = new VirtualClock()
  const run = from([1]).pipe(pauseWhen(new Gate({ open: false }))).to(toArray()).run({ clock })
  const report = await clock.runOut(run.stop({ deadlineMs: 100 }))
  expect(report).toMatchObject({ status: 'aborted', deadlineExceeded: true })
  await settled(run)
})

it('fails when the signal does, with its error', async () => {
  const error = new Error('no signal')
  const probe = manualSource<number>()
  const run = probe.source.pipe(pauseWhen(failing(error))).to(drain()).run()
  expect(await settled(run)).toBe(error)
  expect(probe.closeCount).toBe(1)
})

it('T1: what a tracked signal says is acknowledged when it was heard', async () => {
  const signal = trackedSource([true, false, true, false])
  expect(await from([1]).pipe(pauseWhen(signal.source)).to(toArray()).run()).toEqual([1])
  expect(signal.statuses).toEqual(['ack', 'ack', 'ack', 'ack'])
})

it('does what its model does, for any arrivals, gate, signal and consumer', async () => {
  await explore(120, async ({ random, scheduler }) => {
    const clock = new VirtualClock()
    const arrivals = randomArrivals(random, Math.floor(random() * 30), 10)
    const end = { at: (arrivals.at(-1)?.at ?? 0) + 1 / 4096, error: random() < 0.3 ? new Error('end') : undefined }
    // It changes at each of these times, and the last of them opens.
    let at = 0
    const changes = Array.from({ length: 2 * Math.floor(random() * 6) }, (_, i) => (at += Math.floor(random() * 60) + 1 + i / 8192))
    const slow = random() < 0.5 ? 40 : 0
    const busy = arrivals.map(() => Math.floor(random() * slow) + (slow > 0 ? 1 / 65_536 : 0))
    const abortAt = random() < 0.3 ? Math.floor(random() * end.at) + 1 / 3 : Infinity

    const gate = new Gate()
    const bySignal = random() < 0.5
    const signal = timeline(changes.map((time, i) => ({ at: time, value: i % 2 === 0 })), { at: 1e6 })
    if (!bySignal) for (const [i, time] of changes.entries()) clock.after(time, () => { if (i % 2 === 0) gate.close(); else gate.open() })
    const values = timeline(arrivals, end)
    const out: Timed<number>[] = []
    const run = values.source.pipe(pauseWhen(bySignal ? signal.source : gate)).to(timedSink(clock, out, () => busy[out.length - 1]!)).run({ clock, scheduler })
    const outcome = settled(run)
    if (abortAt < Infinity) clock.after(abortAt, () => void run.abort())
    await clock.runOut(outcome, scheduler.resting)

    const opensAfter = (time: number): number => {
      const next = changes.findIndex((change) => change > time)
      return next % 2 === 1 ? changes[next]! : time
    }
    const expected: Timed<number>[] = []
    let free = 0
    for (const [i, { at: time, value }] of arrivals.entries()) {
      const passes = opensAfter(Math.max(time, free))
      expected.push({ at: passes, value })
      free = passes + busy[i]!
    }
    expect(rounded(out)).toEqual(rounded(expected.filter(({ at: time }) => time < abortAt)))
    if (abortAt === Infinity) expect(await outcome).toBe(end.error)
    expect(values.settlements).toEqual(values.settlements.map(() => 1))
    expect(gate.listeners).toBe(0)
  })
}, 60_000)

it('holds no timer', async () => {
  const clock = new VirtualClock()
  const run = from([1]).pipe(pauseWhen(new Gate({ open: false }))).to(drain()).run({ clock })
  await clock.advance(3_600_000)
  expect(clock.pendingTimers).toBe(0)
  await run.abort().then(() => settled(run))
})

it('O13: refuses what is neither a gate nor a source', () => {
  expect(() => pauseWhen({ isOpen: true, onChange: true } as never)).toThrow(OptionError)
  expect(() => pauseWhen(undefined as never)).toThrow('from: expected')
  expect(() => pauseWhen(null as never)).toThrow('from: expected')
})
