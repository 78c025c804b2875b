import { pino } from 'pino'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { BoundedQueue, deadLetter, drain, forEach, from, interval, never, toArray } from '@sluice/core'
import { lookAt } from '@sluice/core/authoring'
import { buffer, map, mapAsync, take } from '@sluice/operators'
import { VirtualClock } from '@sluice/testing'
import { logTo, type Logger, type LogToOptions } from '@sluice/adapters/logging'

type Line = Readonly<Record<string, unknown>> & { readonly msg: string, readonly level: string }

const ends: (() => void)[] = []
afterEach(() => {
  for (const end of ends.splice(0)) end()
  vi.restoreAllMocks()
  vi.useRealTimers()
})

/** The lines that a real pino writes. */
function logging(options: LogToOptions = {}): Line[] {
  const lines: Line[] = []
  const logger = pino({ level: 'debug', formatters: { level: (label) => ({ level: label }) } }, { write: (line: string) => { lines.push(JSON.parse(line) as Line) } })
  ends.push(logTo(logger, options))
  return lines
}

describe('A32: what a logger is told of runs', () => {
  it('a run begins and completes: its stages, how long it took, what became of its values', async () => {
    const lines = logging()
    await from([1, 2]).pipe(map((n) => n)).to(drain()).run({ name: 'orders' })
    expect(lines.map(({ level, msg, run }) => [level, msg, run])).toEqual([['info', 'run begins', 'orders'], ['info', 'run completed', 'orders']])
    expect(lines[0]).toMatchObject({ stages: ['from', 'map', 'drain'] })
    expect(lines[1]).toMatchObject({ status: 'completed', read: 2, delivered: 2, elapsedMs: expect.any(Number) as number })
  })

  it('a run fails: the error as pino writes errors, the stage, the way there, the attempt; of the item nothing unless asked', async () => {
    const lines = logging()
    const failing = () => from([{ secret: 'hunter2' }]).pipe(map(() => { throw new RangeError('too far') }, { name: 'parse' })).to(drain()).run({ name: 'bad' })
    await expect(failing()).rejects.toThrow('too far')
    expect(lines[1]).toMatchObject({ level: 'error', msg: 'run failed', err: { type: 'RangeError', message: 'too far' }, stage: 'parse', position: 1, attempt: 1, path: ['from', 'parse'] })
    expect(JSON.stringify(lines)).not.toContain('hunter2')
    const asked = logging({ tellItem: (item) => Object.keys(item as object) })
    await expect(failing()).rejects.toThrow('too far')
    expect(asked[1]).toMatchObject({ item: ['secret'] })
  })

  it('a run that gave values up completes with a warning: how many, and where', async () => {
    const lines = logging()
    const bad = (n: number): number => { if (n > 1) throw new Error('bad'); return n }
    await from([1, 2, 3]).pipe(map(bad, { name: 'parse', onError: 'skip' })).to(drain()).run()
    expect(lines[1]).toMatchObject({ level: 'warn', msg: 'run completed', skipped: { parse: 2 } })
    await from([1, 2]).pipe(map(bad, { name: 'load', onError: deadLetter(toArray()) })).to(drain()).run()
    expect(lines[3]).toMatchObject({ level: 'warn', deadLettered: { load: 1 } })
  })

  it('a run is aborted: that is somebody\'s wish, and no error', async () => {
    const lines = logging({ level: 'debug' })
    await never().to(drain()).run({ name: 'gone' }).abort()
    expect(lines.map(({ level, msg }) => [level, msg])).toEqual([['debug', 'run begins'], ['debug', 'run was aborted']])
  })

  it('a run that is under way is summed up as often as asked, and what it lost meanwhile is told once', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const lines = logging({ everyMs: 1000 })
    const queue = new BoundedQueue<number>({ capacity: 10 })
    const run = from(queue).pipe(mapAsync(async (n) => { if (n === 0) throw new Error('bad'); return n }, { name: 'call', concurrency: 1, onError: 'skip' }))
      .to(forEach(() => {})).run({ name: 'live' })
    await queue.put(0)
    await queue.put(1)
    while (run.stats().totals.delivered < 1) await new Promise((resolve) => { setTimeout(resolve, 1) })
    vi.advanceTimersByTime(2000)
    const under = lines.slice(1)
    expect(under.map(({ level, msg }) => [level, msg])).toEqual([['warn', 'values were given up'], ['info', 'run is under way'], ['info', 'run is under way']])
    expect(under[0]).toMatchObject({ run: 'live', skipped: { call: 1 } })
    expect(under[1]).toMatchObject({ run: 'live', status: 'running', read: 2, delivered: 1, skipped: 1 })
    expect((under[1]?.['stages'] as { readonly stage: string }[]).map(({ stage }) => stage)).toEqual(['from', 'call', 'forEach'])
    await run.abort()
    expect(vi.getTimerCount()).toBe(0)
  })

  it('is told of one run alone where one is given, and of nothing after the end', async () => {
    const run = from([1]).to(drain()).run({ name: 'mine' })
    const lines = logging({ run })
    await from([1]).to(drain()).run({ name: 'other' })
    await run
    expect(lines.map((line) => line['run'])).toEqual(['mine', 'mine'])
    const late = logging()
    const second = from([1]).to(drain()).run()
    ends.pop()?.()
    await second
    await from([1]).to(drain()).run()
    expect(late.map(({ msg }) => msg)).toEqual(['run begins'])
  })

  it('X23: a warning is a line with its kind, stage, site and figures, and the console has no line of its own', async () => {
    const said = vi.spyOn(console, 'warn').mockReturnValue()
    const lines = logging()
    const own: string[] = []
    const clock = new VirtualClock()
    const run = interval(1000).to(forEach((n) => (n < 5 ? undefined : new Promise<void>(() => {})), { name: 'store' }))
      .run({ name: 'hung', clock, closeDeadlineMs: 10, onWarning: ({ kind }) => { own.push(kind) } })
    for (let second = 0; second < 30; second++) {
      await clock.advance(1000)
      lookAt(run)
    }
    const warned = lines.filter(({ level }) => level === 'warn')
    expect(warned).toHaveLength(1)
    expect(warned[0]).toMatchObject({ msg: 'stage stands still', run: 'hung', warning: 'stall', stage: 'store', site: expect.stringContaining('log-to.test.ts:') as string, figures: expect.any(Object) as object })
    expect(own).toEqual(['stall'])
    const over = run.abort()
    await clock.advance(1000)
    await over
    expect(said).not.toHaveBeenCalled()
  })

  it('X23: values that were dropped are told of, also where the run has no onWarning; of another run where only one is meant, nothing', async () => {
    const said = vi.spyOn(console, 'warn').mockReturnValue()
    const lines = logging()
    const other = from([1]).to(drain()).run({ name: 'other' })
    const ofOther = logging({ run: other })
    const clock = new VirtualClock()
    const dropping = interval(10).pipe(buffer(1, { overflow: 'drop-oldest' })).to(forEach(() => clock.sleep(5000), { name: 'slow' })).run({ name: 'lossy', clock })
    await clock.advance(20_000)
    lookAt(dropping)
    const over = dropping.stop()
    await clock.advance(20_000)
    await over
    expect(lines.filter(({ warning }) => warning === 'drop')).toMatchObject([{ level: 'warn', msg: 'stage drops values', run: 'lossy', stage: 'buffer', figures: { capacity: 1 } }])
    expect(ofOther.filter((line) => line['warning'] !== undefined)).toEqual([])
    expect(said).not.toHaveBeenCalled()
  })

  it('X23: a logger that throws at a warning fails no run', async () => {
    const complaint = vi.spyOn(console, 'error').mockReturnValue()
    const fine = (): void => {}
    ends.push(logTo({ debug: fine, info: fine, warn: () => { throw new Error('disk full') }, error: fine }))
    const clock = new VirtualClock()
    const run = interval(10).pipe(buffer(1, { overflow: 'drop-oldest' }), take(50)).to(forEach(() => clock.sleep(500))).run({ name: 'lossy', clock })
    await clock.advance(5000)
    lookAt(run)
    await clock.advance(60_000)
    await run
    expect(run.status).toBe('completed')
    expect(complaint).toHaveBeenCalledTimes(1)
  })

  it('the console has the sentence first', async () => {
    const info = vi.spyOn(console, 'info').mockReturnValue()
    ends.push(logTo(console))
    await from([1]).to(drain()).run({ name: 'orders' })
    expect(info.mock.calls.map(([message, fields]: unknown[]) => [message, (fields as { readonly run: string }).run])).toEqual([['run begins', 'orders'], ['run completed', 'orders']])
  })

  it('a logger that throws fails no run, and is given no more lines: the console says why, once', async () => {
    const said = vi.spyOn(console, 'error').mockReturnValue()
    let calls = 0
    const broken = (): void => { calls++; throw new Error('disk full') }
    ends.push(logTo({ debug: broken, info: broken, warn: broken, error: broken }))
    expect(await from([1]).to(toArray()).run()).toEqual([1])
    expect(calls).toBe(1)
    expect(said.mock.calls).toEqual([['logTo: the logger failed, and is given no more lines:', expect.objectContaining({ message: 'disk full' })]])
  })

  it('what is no logger is refused when it is given', () => {
    for (const wrong of [undefined, {}, { info() {} }]) expect(() => logTo(wrong as unknown as Logger)).toThrow('logTo: logger must be a logger with debug, info, warn and error')
  })
})
