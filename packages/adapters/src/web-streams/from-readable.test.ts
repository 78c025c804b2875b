import { describe, expect, it } from 'vitest'
import { first, forEach, from, fromProducer, OptionError, range, toArray } from '@sluice/core'
import { map, mergeWith, take } from '@sluice/operators'
import { explore, manualSink, settle, sourceLaws } from '@sluice/testing'
import { fromReadable, toReadable } from '@sluice/adapters/web-streams'

const BOOM = new Error('boom')
const failureOf = async (run: PromiseLike<unknown>): Promise<unknown> => run.then(() => 'no failure', (error: unknown) => error)

/** A stream of numbers that tells what was done to it. */
function numbers(length: number, { highWaterMark = 0, onCancel = (): unknown => undefined } = {}) {
  const seen = { pulls: 0, cancelled: [] as unknown[] }
  const stream = new ReadableStream<number>({
    pull(controller) {
      if (seen.pulls < length) controller.enqueue(seen.pulls++)
      else controller.close()
    },
    async cancel(reason) {
      seen.cancelled.push(reason)
      await onCancel()
    },
  }, { highWaterMark })
  return { seen, stream }
}
/** A stream that a test drives by hand. */
function manual<T>(highWaterMark = 0) {
  let controller!: ReadableStreamDefaultController<T>
  const cancelled: unknown[] = []
  const stream = new ReadableStream<T>({ start: (given) => { controller = given }, cancel: (reason) => void cancelled.push(reason) }, { highWaterMark })
  return { stream, controller, cancelled }
}

for (const { name, run } of sourceLaws({ name: 'fromReadable', expected: [1, undefined, null, 0, 5], rerunnable: false,
  make: () => fromReadable(toReadable(from([1, undefined, null, 0, 5]))) })) it(name, run)
for (const { name, run } of sourceLaws({ name: 'fromReadable of what is there', expected: [1, 2, 3, 4, 5], rerunnable: false,
  make: () => fromReadable(toReadable(range(1, 5), { highWaterMark: 9 })) })) it(name, run)

describe('reading', () => {
  it('A1: gives thousands of chunks in order, as they come', async () => {
    for (const highWaterMark of [0, 1, 64]) {
      expect(await fromReadable(numbers(5000, { highWaterMark }).stream).to(toArray()).run()).toEqual(Array.from({ length: 5000 }, (_, i) => i))
    }
  })

  it('A2: locks the stream at the first pull, and releases it at the end', async () => {
    const { stream } = numbers(3)
    const run = fromReadable(stream).to(toArray()).run()
    expect(stream.locked).toBe(false)
    await run
    expect(stream.locked).toBe(false)
    const late = manual<number>()
    const waiting = fromReadable(late.stream).to(toArray()).run()
    await settle()
    expect(late.stream.locked).toBe(true)
    late.controller.close()
    await waiting
    expect(late.stream.locked).toBe(false)
  })

  it('A2: reads no more than was asked for', async () => {
    const { stream, seen } = numbers(100)
    const probe = manualSink<number>()
    const run = fromReadable(stream).to(probe.sink).run()
    probe.request(3)
    await probe.expectNext(0, 1, 2)
    await probe.expectNoEvent()
    expect(seen.pulls).toBe(3)
    await run.abort()
  })

  it('hands on together what is there, and at once what comes slowly', async () => {
    const sizes: number[] = []
    const { stream } = numbers(500, { highWaterMark: 600 })
    await settle()
    await fromReadable(stream).pipe(map((n) => n)).to({
      open: () => ({ demand: () => 100, write: (_, count) => void sizes.push(count), end: () => {} }),
    }).run()
    expect(Math.max(...sizes)).toBeGreaterThan(50)
    const slow = manual<number>()
    const probe = manualSink<number>()
    probe.request(100)
    const run = fromReadable(slow.stream).to(probe.sink).run()
    probe.request(100)
    await settle()
    slow.controller.enqueue(1)
    await probe.expectNext(1)
    await run.abort()
  })

  it('a stream that is locked fails the run, and stays as it is', async () => {
    const { stream, seen } = numbers(3)
    const reader = stream.getReader()
    expect(await failureOf(fromReadable(stream).to(toArray()).run())).toBeInstanceOf(TypeError)
    expect([seen.cancelled, await reader.read()]).toEqual([[], { done: false, value: 0 }])
  })
})

describe('failing', () => {
  it('A3: delivers what was read, then fails with the error of the stream', async () => {
    const { stream, controller } = manual<number>()
    const values: number[] = []
    const run = fromReadable(stream).to(forEach((n) => void values.push(n))).run()
    await settle()
    controller.enqueue(1)
    await settle()
    controller.error(BOOM)
    expect(await failureOf(run)).toBe(BOOM)
    expect([values, run.failure?.stage, run.failure?.suppressed, stream.locked]).toEqual([[1], 'fromReadable', [], false])
  })

  it('A3: a failure downstream cancels the stream with it', async () => {
    const { stream, seen } = numbers(9)
    expect(await failureOf(fromReadable(stream).pipe(map(() => { throw BOOM })).to(toArray()).run())).toBe(BOOM)
    expect([seen.cancelled, stream.locked]).toEqual([[BOOM], false])
  })

  it('A7: a cancel that fails is kept beside the first failure, and fails the run where there is none', async () => {
    const late = new Error('late')
    const onCancel = (): Promise<never> => Promise.reject(late)
    const run = fromReadable(numbers(9, { onCancel }).stream).pipe(map(() => { throw BOOM })).to(toArray()).run()
    expect([await failureOf(run), run.failure?.suppressed]).toEqual([BOOM, [late]])
    expect(await failureOf(fromReadable(numbers(9, { onCancel }).stream).to(first()).run())).toBe(late)
  })
})

describe('ending early', () => {
  it('A4: an abort cancels the stream with its reason, and waits for that', async () => {
    let cleaned = false
    const { stream, seen } = numbers(Infinity, { onCancel: async () => { await settle(); cleaned = true } })
    const run = fromReadable(stream).to(forEach(() => settle(1))).run()
    await settle()
    await run.abort(BOOM)
    expect([seen.cancelled, cleaned, stream.locked, await failureOf(run)]).toEqual([[BOOM], true, false, BOOM])
  })

  it('A4: so does one that comes before the first pull', async () => {
    const { stream, seen } = numbers(3)
    await fromReadable(stream).to(toArray()).run().abort(BOOM)
    expect([seen.pulls, seen.cancelled]).toEqual([0, [BOOM]])
  })

  it('A4: take cancels it after the last value, and reads no further', async () => {
    const { stream, seen } = numbers(Infinity)
    expect(await fromReadable(stream).pipe(take(3)).to(toArray()).run()).toEqual([0, 1, 2])
    expect([seen.pulls, seen.cancelled.length]).toEqual([3, 1])
  })

  it('A4: with preventCancel the stream goes on where the run left it', async () => {
    const { stream, seen } = numbers(6)
    const left = fromReadable(stream, { preventCancel: true })
    expect(await left.pipe(take(2)).to(toArray()).run()).toEqual([0, 1])
    expect(await left.pipe(take(2)).to(toArray()).run()).toEqual([2, 3])
    expect(await left.to(toArray()).run()).toEqual([4, 5])
    expect(seen.cancelled).toEqual([])
  })

  it.each([false, true])('A8: a stop ends it with what was read, and loses nothing (preventCancel: %s)', async (preventCancel) => {
    await explore(100, async ({ scheduler, random }) => {
      const { stream, seen } = numbers(200, { highWaterMark: Math.floor(random() * 3) })
      const run = fromReadable(stream, { preventCancel }).to(toArray()).run({ scheduler })
      for (let turns = Math.floor(random() * 30); turns > 0; turns--) await Promise.resolve()
      const report = await run.stop({ deadlineMs: 2000 })
      const values = await run
      const rest = preventCancel ? await fromReadable(stream).to(toArray()).run() : []
      expect([report.status, stream.locked]).toEqual(['completed', false])
      expect([...values, ...rest]).toEqual(Array.from({ length: preventCancel ? 200 : values.length }, (_, i) => i))
      if (!preventCancel) expect(seen.cancelled.length).toBe(seen.pulls < 200 || values.length < 200 ? 1 : seen.cancelled.length)
    })
  })

  it('A8: a stop while a read is out waits for it, and reads no further', async () => {
    const { stream, controller, cancelled } = manual<number>()
    const run = fromReadable(stream).to(toArray()).run()
    await settle()
    const stopping = run.stop()
    await settle()
    expect(run.status).toBe('stopping')
    controller.enqueue(1)
    controller.enqueue(2)
    expect((await stopping).status).toBe('completed')
    expect([await run, cancelled]).toEqual([[1], [undefined]])
  })

  it('A8: a read that is out when the run is stopped, and fails, fails the run', async () => {
    const { stream, controller } = manual<number>()
    const run = fromReadable(stream).to(toArray()).run()
    await settle()
    const stopping = run.stop()
    controller.error(BOOM)
    expect((await stopping).status).toBe('failed')
    expect(await failureOf(run)).toBe(BOOM)
  })

  it('A5: a thousand runs on one stream leave it as it was', async () => {
    const { stream } = numbers(Infinity)
    const one = fromReadable(stream, { preventCancel: true })
    for (let i = 0; i < 1000; i++) expect(await one.to(first()).run()).toBe(i)
    expect(stream.locked).toBe(false)
  })
})

describe('BYOB', () => {
  const bytes = (chunks: readonly number[][]): ReadableStream<Uint8Array> =>
    toReadable(from(chunks.map((chunk) => new Uint8Array(chunk))), { type: 'bytes' })

  it('A1: reads into buffers of so many bytes', async () => {
    const values = await fromReadable(bytes([[1, 2, 3, 4, 5], [6]]), { byob: { size: 2 } }).to(toArray()).run()
    expect(values.map((value) => [...value])).toEqual([[1, 2], [3, 4], [5], [6]])
  })

  it('A1: small reads share no memory', async () => {
    const values = await fromReadable(bytes([[1], [2], [3]]), { byob: { size: 1000 } }).to(toArray()).run()
    expect(values).toEqual([new Uint8Array([1]), new Uint8Array([2]), new Uint8Array([3])])
    expect(values.map(({ buffer }) => buffer.byteLength)).toEqual([1, 1, 1])
  })

  it('A4: cancels, and with preventCancel lets go', async () => {
    const stream = bytes([[1, 2, 3]])
    const kept = fromReadable(stream, { preventCancel: true, byob: { size: 2 } })
    expect(await kept.pipe(take(1)).to(toArray()).run()).toEqual([new Uint8Array([1, 2])])
    expect([stream.locked, await fromReadable(stream).to(toArray()).run()]).toEqual([false, [new Uint8Array([3])]])
  })

  it('A4: a stream that is no byte stream fails the run', async () => {
    const { stream } = numbers(3)
    expect(await failureOf(fromReadable(stream as unknown as ReadableStream<Uint8Array>, { byob: { size: 8 } }).to(toArray()).run())).toBeInstanceOf(TypeError)
  })
})

it('A2: works among others: a stream that rests holds nobody back', async () => {
  const { stream, controller } = manual<number>()
  const pushed = fromProducer<number>(async ({ push }) => {
    await push(1)
    controller.enqueue(2)
    controller.close()
  })
  const run = fromReadable(stream).pipe(mergeWith(pushed)).to(toArray()).run()
  expect((await run).sort()).toEqual([1, 2])
})

it('options are checked when the pipeline is built', () => {
  expect(() => fromReadable(new ReadableStream<Uint8Array>(), { byob: { size: 0 } })).toThrow(OptionError)
  expect(() => fromReadable([] as never)).toThrow('fromReadable: stream.getReader must be a function, got undefined')
  expect(() => fromReadable(undefined as never)).toThrow(OptionError)
})
