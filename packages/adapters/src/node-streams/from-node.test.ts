import { EventEmitter, getEventListeners } from 'node:events'
import { createReadStream } from 'node:fs'
import { Duplex, PassThrough, Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { first, OptionError, toArray, type Sink } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { manualSink, settle, sourceLaws } from '@sluice/testing'
import { fromNode } from '@sluice/adapters/node-streams'
import { compose } from '../../test/compose'

const BOOM = new Error('boom')
const EVENTS = ['readable', 'end', 'error', 'close', 'finish', 'data', 'drain', 'aborted']

describe('fromNode under the laws of sources', () => {
  const entries = [
    { name: 'fromNode, of objects', make: () => fromNode(() => Readable.from([1, 2, 3, 4, 5])), expected: [1, 2, 3, 4, 5] },
    { name: 'fromNode, of objects that come slowly', make: () => fromNode(() => Readable.from(slowly([1, 2, 3, 4, 5]))), expected: [1, 2, 3, 4, 5] },
    { name: 'fromNode, of strings', make: () => fromNode(() => pieces(['a', 'b', 'c']).setEncoding('utf8')), expected: ['a', 'b', 'c'] },
    { name: 'fromNode, of one stream', make: () => fromNode(Readable.from([1, 2])), expected: [1, 2], rerunnable: false },
  ]
  for (const entry of entries) for (const { name, run } of sourceLaws(entry)) it(name, run)
})

it('A1: gives all bytes of a file, in order, for any highWaterMark', async () => {
  const whole = Buffer.concat(await fromNode(() => createReadStream(import.meta.filename)).to(toArray()).run())
  for (const highWaterMark of [1, 10, 100_000]) {
    const parts = await fromNode(() => createReadStream(import.meta.filename, { highWaterMark })).to(toArray()).run()
    expect(Buffer.concat(parts).equals(whole)).toBe(true)
  }
})

it('A1: a stream that had ended before gives nothing', async () => {
  const stream = Readable.from([1])
  await stream.toArray()
  expect(await fromNode(stream).to(toArray()).run()).toEqual([])
})

it('A1: values that come in bursts of microtasks are all taken', async () => {
  let next = 0
  const stream = new Readable({ objectMode: true, read() { queueMicrotask(() => this.push(next < 5000 ? next++ : null)) } })
  const values = await fromNode<number>(stream).to(toArray()).run()
  expect(values).toEqual(Array.from({ length: 5000 }, (_, i) => i))
})

it('A1: a burst that stops in the middle is handed on', async () => {
  const stream = new Readable({ objectMode: true, highWaterMark: 100, read() {} })
  const reader = manualSink<number>()
  const run = fromNode<number>(stream).to(reader.sink).run()
  reader.request(1000)
  for (let i = 0; i < 70; i++) {
    stream.push(i)
    await new Promise<void>((resolve) => { process.nextTick(resolve) })
  }
  await settle()
  expect(reader.values).toEqual(Array.from({ length: 70 }, (_, i) => i))
  await run.abort()
})

it('A2: a stream behind a stopped reader reads ahead as far as its own highWaterMark', async () => {
  let made = 0
  const stream = new Readable({ objectMode: true, highWaterMark: 4, read() { this.push(made++) } })
  const reader = manualSink<number>()
  const run = fromNode<number>(stream).to(reader.sink).run()
  await settle()
  expect(made).toBe(0)
  reader.request(3)
  await reader.expectNext(0, 1, 2)
  await settle()
  expect(made).toBeLessThanOrEqual(3 + 4 + 1)
  await run.abort()
})

describe('A3: the original error arrives, once, after what was put out before it', () => {
  const failing = (at: number) => new Readable({
    objectMode: true,
    read() {
      for (let i = 0; i < at; i++) this.push(i)
      this.destroy(BOOM)
    },
  })
  it.each([0, 1, 3])('destroyed with %i values inside', async (at) => {
    const { values, error } = await outcomeOf(fromNode<number>(failing(at)))
    expect(values).toEqual(Array.from({ length: at }, (_, i) => i))
    expect(error).toBe(BOOM)
  })
  it('destroyed before the run', async () => {
    const stream = new Readable({ read() {} }).on('error', () => {})
    stream.destroy(BOOM)
    await settle()
    expect((await outcomeOf(fromNode(stream))).error).toBe(BOOM)
  })
  it('destroyed while nothing comes', async () => {
    const stream = new Readable({ objectMode: true, read() {} })
    const outcome = outcomeOf(fromNode(stream))
    stream.push(1)
    await settle()
    stream.destroy(BOOM)
    expect(await outcome).toEqual({ values: [1], error: BOOM, suppressed: [] })
  })
  it('destroyed before the first pull', async () => {
    const stream = new Readable({ objectMode: true, read() {} })
    const run = fromNode(stream).to(toArray()).run()
    run.pause()
    stream.destroy(BOOM)
    await settle()
    run.resume()
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  })
  it('an error without destruction', async () => {
    const stream = new Readable({ objectMode: true, autoDestroy: false, read() {} })
    const outcome = outcomeOf(fromNode(stream))
    await settle()
    stream.emit('error', BOOM)
    expect((await outcome).error).toBe(BOOM)
    expect(stream.destroyed).toBe(true)
  })
  it('an error of an async generator', async () => {
    const { error } = await outcomeOf(fromNode(() => Readable.from((async function* () { yield 1; throw BOOM })())))
    expect(error).toBe(BOOM)
  })
  it('an error in the transform of composed streams', async () => {
    const stream = compose(Readable.from([1, 2]), async function* (values: AsyncIterable<number>) { for await (const value of values) { yield value; throw BOOM } })
    expect((await outcomeOf(fromNode(stream))).error).toBe(BOOM)
  })
  it('closed early without one: ERR_STREAM_PREMATURE_CLOSE', async () => {
    const stream = new Readable({ objectMode: true, read() {} })
    const outcome = outcomeOf(fromNode(stream))
    stream.push(1)
    await settle()
    stream.destroy()
    expect(await outcome).toMatchObject({ values: [1], error: { code: 'ERR_STREAM_PREMATURE_CLOSE' } })
  })
  it('a function that throws, or makes something else', async () => {
    expect((await outcomeOf(fromNode(() => { throw BOOM }))).error).toBe(BOOM)
    expect((await outcomeOf(fromNode(() => new EventEmitter() as unknown as Readable))).error).toBeInstanceOf(OptionError)
  })
})

describe('A4: the stream is destroyed, and its close awaited', () => {
  const slowToClose = (told: unknown[]) => new Readable({
    objectMode: true,
    read() { this.push(1) },
    destroy(error, done) {
      void settle().then(() => {
        told.push(error)
        done(error)
      })
    },
  })
  it('by an abort, with the reason', async () => {
    const told: unknown[] = []
    const reader = manualSink<number>()
    const run = fromNode<number>(() => slowToClose(told)).to(reader.sink).run()
    reader.request(1)
    await reader.expectNext(1)
    await run.abort(BOOM)
    expect(told).toEqual([BOOM])
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  })
  it('by a consumer that wants no more, without a reason', async () => {
    const told: unknown[] = []
    expect(await fromNode<number>(() => slowToClose(told)).to(first()).run()).toBe(1)
    expect(told).toEqual([null])
  })
  it('where it was never read', async () => {
    const stream = new Readable({ read() {} })
    const run = fromNode(stream).to(toArray()).run()
    await run.abort()
    await expect(Promise.resolve(run)).rejects.toThrow()
    expect(stream.closed).toBe(true)
  })
  it('an error while closing fails the run, where nothing else did', async () => {
    const stream = new Readable({ objectMode: true, read() { this.push(1) }, destroy(_error, done) { done(BOOM) } })
    await expect(Promise.resolve(fromNode(stream).to(first()).run())).rejects.toBe(BOOM)
  })
  it('a stream that never tells is not waited for', async () => {
    const stream = new Readable({ objectMode: true, emitClose: false, read() { this.push(1) } })
    expect(await fromNode<number>(stream).to(first()).run()).toBe(1)
    expect(stream.destroyed).toBe(true)
  })
  it('composed streams, and others that call that an error of their own', async () => {
    // Endless: Node 20 raises an uncaught AbortError when composed streams are destroyed whose last part was written to
    // its end and not read out, whoever destroys them; nobody outside can listen on that part.
    const endless = new Readable({ objectMode: true, read() { setImmediate(() => this.push(1)) } })
    const stream = compose(endless, new PassThrough({ objectMode: true }))
    expect(await fromNode<number>(stream).to(first()).run()).toBe(1)
    expect(stream.destroyed).toBe(true)
    const aborted = Object.assign(new Error('aborted'), { code: 'ABORT_ERR' })
    const complaining = new Readable({ objectMode: true, read() { this.push(1) }, destroy(_error, done) { done(aborted) } })
    expect(await fromNode<number>(complaining).to(first()).run()).toBe(1)
  })
  it('but not at the end of a duplex that is still written to', async () => {
    const duplex = new Duplex({ objectMode: true, read() { this.push(null) }, write(_chunk, _encoding, done) { done() } })
    expect(await fromNode(duplex).to(toArray()).run()).toEqual([])
    expect(duplex.writable).toBe(true)
    duplex.destroy()
  })
})

it('preventCancel leaves the rest to somebody else', async () => {
  const stream = Readable.from([1, 2, 3, 4])
  const head = fromNode<number>(stream, { preventCancel: true })
  expect(await head.to(first()).run()).toBe(1)
  expect(await head.to(first()).run()).toBe(2)
  expect(listenersOf(stream)).toBe(0)
  expect(await stream.toArray()).toEqual([3, 4])
})

it('A5: no listener is left, however it ended', async () => {
  const ends: ((stream: Readable) => Promise<unknown>)[] = [
    (stream) => Promise.resolve(fromNode(stream).to(toArray()).run()),
    (stream) => Promise.resolve(fromNode(stream).to(first()).run()),
    async (stream) => {
      const run = fromNode(stream).to(stuck()).run()
      await settle()
      await run.abort(BOOM)
    },
  ]
  for (const end of ends) {
    const stream = Readable.from([1, 2, 3])
    await end(stream)
    await settle()
    expect(listenersOf(stream)).toBe(0)
  }
})

it('A8: a stop ends it and closes the stream', async () => {
  const stream = new Readable({ objectMode: true, read() {} })
  const run = fromNode<number>(stream).to(toArray()).run()
  stream.push(1)
  await settle()
  expect((await run.stop()).status).toBe('completed')
  expect(await run).toEqual([1])
  expect(stream.closed).toBe(true)
})

it('says at once what is no stream', () => {
  for (const wrong of [undefined, null, 1, {}, [1], new EventEmitter()]) expect(() => fromNode(wrong as Readable)).toThrow(OptionError)
})

async function outcomeOf<T>(source: ReturnType<typeof fromNode<T>>) {
  const values: T[] = []
  const run = source.to(sink<T, void>('recording', () => ({
    write(batch, count) { values.push(...batch.slice(0, count)) },
    end() {},
  }))).run()
  const error: unknown = await run.then(() => undefined, (failure: unknown) => failure)
  return { values, error, suppressed: run.failure?.suppressed }
}

function stuck(): Sink<unknown, void> {
  return sink('stuck', () => ({ write: () => new Promise<void>(() => {}), end() {} }))
}

function listenersOf(stream: Readable): number {
  return EVENTS.reduce((sum, event) => sum + getEventListeners(stream, event).length, 0)
}

function pieces(texts: readonly string[]): Readable {
  let at = 0
  return new Readable({ highWaterMark: 1, read() { setImmediate(() => this.push(texts[at++] ?? null)) } })
}

async function* slowly<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) {
    await settle(1)
    yield value
  }
}
