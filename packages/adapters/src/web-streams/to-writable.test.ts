import { describe, expect, it } from 'vitest'
import { failing, from, never, OptionError, range, toArray } from '@sluice/core'
import { explore, manualSource, settle, sinkLaws, trackedSource } from '@sluice/testing'
import { throughTransform, toWritable } from '@sluice/adapters/web-streams'

const BOOM = new Error('boom')
const failureOf = async (run: PromiseLike<unknown>): Promise<unknown> => run.then(() => 'no failure', (error: unknown) => error)

/** A stream that tells what was done to it. */
function recorder<T>({ highWaterMark = 1, write = (_value: T): unknown => undefined, close = (): unknown => undefined } = {}) {
  const seen = { values: [] as T[], events: [] as unknown[] }
  let controller!: WritableStreamDefaultController
  const writable = new WritableStream<T>({
    start: (given) => { controller = given },
    async write(value) {
      await write(value)
      seen.values.push(value)
    },
    async close() {
      await close()
      seen.events.push('close')
    },
    abort: (reason) => void seen.events.push(['abort', reason]),
  }, { highWaterMark })
  return { writable, seen, fail: (error: unknown) => { controller.error(error) } }
}

for (const { name, run } of sinkLaws({ name: 'toWritable', expected: (values) => values.length,
  make: () => ({ name: 'toWritable', open: (scope, stage) => toWritable<unknown>(recorder<unknown>().writable).open(scope, stage) }) })) it(name, run)

describe('writing', () => {
  it('A1: writes everything in order, closes, and answers how many', async () => {
    for (const highWaterMark of [1, 7]) {
      const { writable, seen } = recorder<number>({ highWaterMark })
      expect(await range(0, 1000).to(toWritable(writable)).run()).toBe(1000)
      expect([seen.values, seen.events, writable.locked]).toEqual([Array.from({ length: 1000 }, (_, i) => i), ['close'], false])
    }
  })

  it.each([1, 3])('A2: pulls only what there is room for (high water mark %i)', async (highWaterMark) => {
    let write!: () => void
    const { writable } = recorder<number>({ highWaterMark, write: () => new Promise<void>((resolve) => { write = resolve }) })
    const probe = manualSource<number>()
    const run = probe.source.to(toWritable(writable)).run()
    probe.emit(1, 2, 3, 4, 5, 6)
    await settle()
    expect(probe.delivered).toBe(highWaterMark)
    write()
    await settle()
    expect(probe.delivered).toBe(highWaterMark + 1)
    await Promise.all([run.abort(), settle().then(() => { write() })])
  })

  it('A4: waits for the close, and with preventClose for the writes', async () => {
    let closed = false
    const slow = recorder<number>({ close: async () => { await settle(); closed = true } })
    await range(0, 2).to(toWritable(slow.writable)).run()
    expect(closed).toBe(true)
    const open = recorder<number>({ write: () => settle(1) })
    const sink = toWritable(open.writable, { preventClose: true })
    await range(0, 2).to(sink).run()
    await range(2, 2).to(sink).run()
    expect([open.seen.values, open.seen.events, open.writable.locked]).toEqual([[0, 1, 2, 3], [], false])
  })

  it('T1: a ticket is acknowledged when its write has succeeded', async () => {
    let write!: () => void
    const { writable } = recorder<number>({ highWaterMark: 2, write: () => new Promise<void>((resolve) => { write = resolve }) })
    const tracked = trackedSource([1, 2])
    const run = tracked.source.to(toWritable(writable)).run()
    await settle()
    expect(tracked.statuses).toEqual([undefined, undefined])
    write()
    await settle()
    expect(tracked.statuses).toEqual(['ack', undefined])
    write()
    await run
    expect(tracked.settlements).toEqual([1, 1])
  })
})

describe('failing', () => {
  it('A3: a failing source aborts the stream with its error, after what came before it', async () => {
    const { writable, seen } = recorder<number>({ highWaterMark: 5, write: () => settle(1) })
    const probe = manualSource<number>()
    const run = probe.source.to(toWritable(writable)).run()
    probe.emit(1, 2, 3)
    await settle(1)
    probe.fail(BOOM)
    expect(await failureOf(run)).toBe(BOOM)
    expect([seen.values, seen.events, writable.locked]).toEqual([[1, 2, 3], [['abort', BOOM]], false])
  })

  it('A3: with preventAbort the stream is left as it is', async () => {
    const { writable, seen } = recorder<number>()
    expect(await failureOf(from((async function* () { yield 1; throw BOOM })()).to(toWritable(writable, { preventAbort: true })).run())).toBe(BOOM)
    expect([seen.values, seen.events, writable.locked]).toEqual([[1], [], false])
  })

  it('A3: a write that fails fails the run with its error and names the value', async () => {
    const { writable, seen } = recorder<number>({ highWaterMark: 4, write: async (n) => { await settle(1); if (n === 2) throw BOOM } })
    const probe = manualSource<number>()
    const run = probe.source.to(toWritable(writable)).run()
    probe.emit(1, 2, 3, 4)
    expect(await failureOf(run)).toBe(BOOM)
    expect(run.failure).toMatchObject({ stage: 'toWritable', item: 2, suppressed: [] })
    expect([seen.values, probe.closed, writable.locked]).toEqual([[1], { status: 'failed', error: BOOM }, false])
  })

  it('A3: a stream that fails while nothing is written fails the run at once', async () => {
    const { writable, fail } = recorder<number>()
    const run = never().to(toWritable(writable as WritableStream<never>)).run()
    await settle()
    fail(BOOM)
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('A3: so does one that has failed before, and one that is closed', async () => {
    const failed = recorder<number>()
    failed.fail(BOOM)
    expect(await failureOf(range(0).to(toWritable(failed.writable)).run())).toBe(BOOM)
    const closed = recorder<number>()
    await closed.writable.close()
    expect(await failureOf(range(0).to(toWritable(closed.writable)).run())).toBeInstanceOf(TypeError)
    expect([failed.writable.locked, closed.writable.locked]).toEqual([false, false])
  })

  it('A3: a close that fails fails the run', async () => {
    const { writable } = recorder<number>({ close: () => Promise.reject(BOOM) })
    expect(await failureOf(range(0, 3).to(toWritable(writable)).run())).toBe(BOOM)
  })

  it('A4: a locked stream fails the run and is not touched', async () => {
    const { writable, seen } = recorder<number>()
    writable.getWriter()
    expect(await failureOf(range(0, 3).to(toWritable(writable)).run())).toBeInstanceOf(TypeError)
    expect([seen.events, writable.locked]).toEqual([[], true])
  })

  it('A7: source and stream fail at once: it settles once, whatever comes first', async () => {
    await explore(60, async ({ scheduler, random }) => {
      const { writable, fail } = recorder<number>({ highWaterMark: 3, write: () => settle(1) })
      const probe = manualSource<number>()
      const other = new Error('other')
      const run = probe.source.to(toWritable(writable)).run({ scheduler })
      probe.emit(1, 2, 3, 4, 5)
      for (let turns = Math.floor(random() * 20); turns > 0; turns--) await Promise.resolve()
      probe.fail(BOOM)
      fail(other)
      expect([BOOM, other]).toContain(await failureOf(run))
      expect([probe.closeCount, writable.locked]).toEqual([1, false])
    })
  })
})

it('A4: an abort aborts the stream with its reason, and what waits in it is lost', async () => {
  let write!: () => void
  const { writable, seen } = recorder<number>({ highWaterMark: 3, write: () => new Promise<void>((resolve) => { write = resolve }) })
  const run = range(0).to(toWritable(writable)).run()
  await settle()
  const aborted = run.abort(BOOM)
  write()
  await aborted
  expect([seen.values, seen.events, writable.locked]).toEqual([[0], [['abort', BOOM]], false])
})

it('A8: a stop writes what was read and closes', async () => {
  const { writable, seen } = recorder<number>({ write: () => settle(1) })
  const run = range(0).to(toWritable(writable)).run()
  await settle()
  await run.stop()
  expect(await run).toBe(seen.values.length)
  expect([seen.values, seen.events]).toEqual([Array.from({ length: seen.values.length }, (_, i) => i), ['close']])
})

it('options are checked when the pipeline is built', () => {
  expect(() => toWritable({} as never)).toThrow(OptionError)
})

describe('a stream with a high water mark of 0, which never has room', () => {
  const target = (): ReturnType<typeof recorder<number>> => recorder<number>({ highWaterMark: 0 })

  it('A1: an empty source ends, and a failing one fails', async () => {
    const [empty, failed] = [target(), target()]
    expect(await from<number>([]).to(toWritable(empty.writable)).run()).toBe(0)
    expect(await failureOf(failing(BOOM).to(toWritable(failed.writable)).run())).toBe(BOOM)
    expect([empty.seen.events, failed.seen.events]).toEqual([['close'], [['abort', BOOM]]])
  })

  it('A2: values are written one at a time', async () => {
    let write!: () => void
    const { writable, seen } = recorder<number>({ highWaterMark: 0, write: () => new Promise<void>((resolve) => { write = resolve }) })
    const probe = manualSource<number>()
    const run = probe.source.to(toWritable(writable)).run()
    probe.emit(1, 2, 3)
    probe.end()
    for (const delivered of [1, 2, 3]) {
      await settle()
      expect(probe.delivered).toBe(delivered)
      write()
    }
    expect(await run).toBe(3)
    expect([seen.values, seen.events]).toEqual([[1, 2, 3], ['close']])
  })

  it.each([0, 1])('A1: through a TransformStream with marks of 0 and %i', async (highWaterMark) => {
    const pair = (): TransformStream<number, number> => new TransformStream<number, number>({}, { highWaterMark: 0 }, { highWaterMark })
    expect(await range(0, 20).pipe(throughTransform(pair)).to(toArray()).run()).toEqual(Array.from({ length: 20 }, (_, i) => i))
    expect(await from<number>([]).pipe(throughTransform(pair)).to(toArray()).run()).toEqual([])
    expect(await failureOf(failing(BOOM).pipe(throughTransform<number, number>(pair)).to(toArray()).run())).toBe(BOOM)
  })
})
