import { describe, expect, expectTypeOf, it } from 'vitest'
import { forEach, from, OptionError, toArray, using, type Source } from '@sluice/core'
import { map, mapAsync, take } from '@sluice/operators'
import { manualSink, settle } from '@sluice/testing'
import { asWritable } from '@sluice/adapters/web-streams'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import { readableOf } from '../../test/readable-of'

const BOOM = new Error('boom')
const fate = (promise: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(promise.then((value) => ({ value }), (error: unknown) => ({ error })))
/** Pending, or how it ended by now. */
function watched(promise: Promise<unknown>) {
  const watch = { state: 'pending' as string, error: undefined as unknown }
  promise.then(() => { watch.state = 'resolved' }, (error: unknown) => Object.assign(watch, { state: 'rejected', error }))
  return watch
}
const collect = (source: Source<number>) => source.to(toArray())

describe('writing', () => {
  it('A1: what is written is what the pipeline gets; close resolves when the run has completed', async () => {
    const { writable, run } = asWritable((source: Source<number>) => source.pipe(map((n) => n * 2)).to(toArray()))
    expectTypeOf(writable).toEqualTypeOf<WritableStream<number>>()
    const writer = writable.getWriter()
    for (const n of [1, 2, 3]) await writer.write(n)
    await writer.close()
    await writer.closed
    expect([run.status, await run]).toEqual(['completed', [2, 4, 6]])
  })

  it('A1: pipeTo brings thousands of values in order', async () => {
    const { writable, run } = asWritable(collect, { highWaterMark: 8 })
    const values = Array.from({ length: 3000 }, (_, i) => i)
    await readableOf(values).pipeTo(writable)
    expect(await run).toEqual(values)
  })

  it('A2: a write resolves when the pipeline has taken the value, and no sooner', async () => {
    const probe = manualSink<number>()
    const { writable, run } = asWritable((source: Source<number>) => source.to(probe.sink), { highWaterMark: 2 })
    const writer = writable.getWriter()
    await writer.ready
    expect(writer.desiredSize).toBe(2)
    const writes = [writer.write(1), writer.write(2), writer.write(3)].map(watched)
    expect(writer.desiredSize).toBe(-1)
    const ready = watched(writer.ready)
    await settle()
    expect([writes.map(({ state }) => state), ready.state]).toEqual([['pending', 'pending', 'pending'], 'pending'])
    probe.request(1)
    await settle()
    expect([probe.values, writes.map(({ state }) => state), writer.desiredSize]).toEqual([[1], ['resolved', 'pending', 'pending'], 0])
    probe.request(1)
    await settle()
    expect([probe.values, writes.map(({ state }) => state), ready.state]).toEqual([[1, 2], ['resolved', 'resolved', 'pending'], 'resolved'])
    await run.abort()
  })

  it('A2: what a chunk counts is for size to say', async () => {
    const { writable, run } = asWritable((source: Source<string>) => source.to(manualSink<string>().sink), { highWaterMark: 10, size: (text) => text.length })
    const writer = writable.getWriter()
    writer.write('four').catch(() => {})
    expect(writer.desiredSize).toBe(6)
    await run.abort()
  })

  it('A4: close waits for what is still being worked on', async () => {
    const done: number[] = []
    const { writable } = asWritable((source: Source<number>) => source.to(forEach(async (n) => { await settle(2); done.push(n) }, { concurrency: 3 })))
    const writer = writable.getWriter()
    for (const n of [1, 2, 3]) void writer.write(n)
    await writer.close()
    expect(done).toEqual([1, 2, 3])
  })
})

describe('failing', () => {
  it('A3: a pipeline that fails at once rejects the write that made it fail, and all after it, with the same error', async () => {
    const { writable, run } = asWritable((source: Source<number>) => source.pipe(map((n) => { if (n === 2) throw BOOM; return n })).to(toArray()))
    const writer = writable.getWriter()
    const writes = [1, 2, 3].map((n) => fate(writer.write(n)))
    expect(await Promise.all(writes)).toEqual([{ value: undefined }, { error: BOOM }, { error: BOOM }])
    expect([await fate(writer.closed), await fate(writer.ready), await fate(run)]).toEqual([{ error: BOOM }, { error: BOOM }, { error: BOOM }])
    expect([writer.desiredSize, run.failure?.item]).toEqual([null, 2])
  })

  it('A3: one that fails later fails the stream then, also while it rests', async () => {
    const { writable } = asWritable((source: Source<number>) => source.pipe(mapAsync(async () => { await settle(2); throw BOOM }, { concurrency: 2 })).to(toArray()))
    const writer = writable.getWriter()
    await writer.write(1)
    expect(await fate(writer.closed)).toEqual({ error: BOOM })
  })

  it('A3: a failure at the end rejects close', async () => {
    const { writable, run } = asWritable((source: Source<number>) => source.to({ open: () => ({ write: () => {}, end: () => Promise.reject(BOOM) }) }))
    const writer = writable.getWriter()
    expect([await fate(writer.close()), await fate(writer.closed), await fate(run)]).toEqual([{ error: BOOM }, { error: BOOM }, { error: BOOM }])
  })

  it('A3: a failure that only the stream tells is no unhandled rejection', async () => {
    const unhandled = await unhandledRejections(async () => {
      const { writable } = asWritable((source: Source<number>) => source.pipe(map(() => { throw BOOM })).to(toArray()))
      await expect(readableOf([1]).pipeTo(writable)).rejects.toBe(BOOM)
    })
    expect(unhandled).toEqual([])
  })
})

describe('ending early', () => {
  it('A4: an abort aborts the run with the reason, though a write waits, and is answered when it was cleaned up', async () => {
    const probe = manualSink<number>()
    const { writable, run } = asWritable((source: Source<number>) => source.to(probe.sink))
    const writer = writable.getWriter()
    const write = fate(writer.write(1))
    await settle()
    await writer.abort(BOOM)
    expect([probe.aborted, run.status, await write, await fate(run), await fate(writer.closed)])
      .toEqual([{ reason: BOOM }, 'aborted', { error: BOOM }, { error: BOOM }, { error: BOOM }])
  })

  it('A4: an abort is answered no sooner than a slow cleanup has ended', async () => {
    let cleaned = false
    const { writable } = asWritable((source: Source<number>) => source.to({
      open: () => ({ write() {}, end() {}, async abort() { await settle(); cleaned = true } }),
    }))
    await writable.abort(BOOM)
    expect(cleaned).toBe(true)
  })

  it('A4: a pipeline that wants no more refuses what was not taken', async () => {
    const { writable, run } = asWritable((source: Source<number>) => source.pipe(take(2)).to(toArray()))
    const writer = writable.getWriter()
    const writes = [1, 2, 3].map((n) => fate(writer.write(n)))
    expect(await Promise.all(writes)).toEqual([{ value: undefined }, { value: undefined }, { error: expect.any(TypeError) }])
    expect([await run, await fate(writer.closed)]).toEqual([[1, 2], { error: expect.any(TypeError) }])
  })

  it('A8: stop ends it with what was taken', async () => {
    const { writable, run } = asWritable(collect)
    const writer = writable.getWriter()
    await writer.write(1)
    await run.stop()
    expect([await run, await fate(writer.write(2))]).toEqual([[1], { error: expect.any(TypeError) }])
  })
})

describe('pipeTo', () => {
  it('errors go forward: the run is aborted with the error of the readable, or with preventAbort goes on', async () => {
    const failing = (): ReadableStream<number> => new ReadableStream({ start: (controller) => { controller.error(BOOM) } })
    const first = asWritable(collect)
    await expect(failing().pipeTo(first.writable)).rejects.toBe(BOOM)
    expect([await fate(first.run), first.run.status]).toEqual([{ error: BOOM }, 'aborted'])
    const second = asWritable(collect)
    await expect(failing().pipeTo(second.writable, { preventAbort: true })).rejects.toBe(BOOM)
    expect([second.run.status, second.writable.locked]).toEqual(['running', false])
    await readableOf([1]).pipeTo(second.writable)
    expect(await second.run).toEqual([1])
  })

  it('errors go backward: the readable is cancelled with the error of the run, or with preventCancel let go', async () => {
    for (const preventCancel of [false, true]) {
      const cancelled: unknown[] = []
      const readable = new ReadableStream<number>({ pull: (controller) => { controller.enqueue(1) }, cancel: (reason) => void cancelled.push(reason) })
      const { writable } = asWritable((source: Source<number>) => source.pipe(map(() => { throw BOOM })).to(toArray()))
      await expect(readable.pipeTo(writable, { preventCancel })).rejects.toBe(BOOM)
      expect([cancelled, readable.locked]).toEqual([preventCancel ? [] : [BOOM], false])
    }
  })

  it('closing goes forward, or with preventClose not', async () => {
    const { writable, run } = asWritable(collect)
    await readableOf([1]).pipeTo(writable, { preventClose: true })
    expect(run.status).toBe('running')
    await readableOf([2]).pipeTo(writable)
    expect(await run).toEqual([1, 2])
  })

  it('closing goes backward: a pipeline that wants no more cancels the readable', async () => {
    const cancelled: unknown[] = []
    const readable = new ReadableStream<number>({ pull: (controller) => { controller.enqueue(1) }, cancel: (reason) => void cancelled.push(reason) })
    const { writable, run } = asWritable((source: Source<number>) => source.pipe(take(2)).to(toArray()))
    await expect(readable.pipeTo(writable)).rejects.toBeInstanceOf(TypeError)
    expect([await run, cancelled]).toEqual([[1, 1], [expect.any(TypeError)]])
  })
})

it('what is wrong is said when it is made', () => {
  expect(() => asWritable(undefined as never)).toThrow(OptionError)
  expect(() => asWritable(() => from([1]) as never)).toThrow('asWritable: makePipeline must answer a pipeline')
  expect(() => asWritable(collect, { highWaterMark: -1 })).toThrow(OptionError)
})

it('A4: abort rejects with the error of a cleanup that failed; with several, with all of them', async () => {
  const cleaning = (source: Source<number>, ...errors: Error[]): Source<number> =>
    errors.reduce((inner, error) => using(() => ({}), () => inner, () => { throw error }), source)
  const other = new Error('other')
  for (const errors of [[], [BOOM], [BOOM, other]]) {
    const { writable, run } = asWritable((source: Source<number>) => cleaning(source, ...errors).to(forEach(() => {})))
    const writer = writable.getWriter()
    const [reason, ended] = [new Error('why'), fate(run)]
    await writer.write(1)
    const aborted = await fate(writer.abort(reason))
    if (errors.length < 2) expect(aborted).toEqual(errors[0] ? { error: BOOM } : { value: undefined })
    else expect((aborted as { readonly error: AggregateError }).error.errors).toEqual(expect.arrayContaining(errors))
    expect([await ended, await fate(writer.closed)]).toEqual([{ error: reason }, { error: reason }])
  }
})

it.each([() => { throw BOOM }, () => Number.NaN, () => -1])('A7: a size that is none fails the stream and the run alike (%s)', async (size) => {
  const { writable, run } = asWritable(collect, { size })
  const writer = writable.getWriter()
  const fates = [fate(writer.write(1)), fate(writer.closed), fate(run)]
  void fate(writer.ready)
  const [written, closed, ended] = await Promise.all(fates) as { readonly error: unknown }[]
  expect(written?.error).toBeInstanceOf(Error)
  expect([closed?.error, ended?.error]).toEqual([written?.error, written?.error])
  expect(run.failure).toMatchObject({ stage: 'asWritable', item: 1 })
})
