import { Duplex, PassThrough, Transform } from 'node:stream'
import { createGunzip, createGzip, gunzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { first, from, OptionError, range, toArray, type Operator, type Source } from '@sluice/core'
import { asyncOperator, Held, Joint, sink } from '@sluice/core/authoring'
import { manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { asDuplex, throughNode } from '@sluice/adapters/node-streams'
import { throughLaws } from '../../test/through-laws'
import { compose } from '../../test/compose'

const BOOM = new Error('boom')
const OBJECTS = { objectMode: true, highWaterMark: 4 }
/** A stream that is destroyed loses what is still inside. */
const overtaken = true

describe.each([
  {
    name: 'throughNode, PassThrough', capacity: 8, through: () => throughNode<unknown, unknown>(() => new PassThrough(OBJECTS)),
    // A Transform gives nothing for them.
    carries: (value: unknown) => value !== null && value !== undefined,
  },
  {
    name: 'throughNode, slow Transform', capacity: 8, through: () => throughNode<unknown, unknown>(() => slowTransform()),
    carries: (value: unknown) => value !== null && value !== undefined,
  },
  {
    name: 'throughNode, asDuplex', capacity: 8, through: () => throughNode<unknown, unknown>(() => asDuplex(same(), { highWaterMark: 4 })),
    carries: (value: unknown) => value !== null,
  },
  {
    name: 'throughNode, asDuplex of a stage with a task', capacity: 8 + 16,
    through: () => throughNode<unknown, unknown>(() => asDuplex(decoupled(), { highWaterMark: 4 })),
    carries: (value: unknown) => value !== null,
  },
])('$name', (entry) => {
  for (const { name, run } of throughLaws({ ...entry, overtaken })) it(name, run)
})

it('A6: what was packed is unpacked again, and others can unpack it', async () => {
  const parts = Array.from({ length: 500 }, (_, i) => `${i} some text `.repeat(i % 50))
  const packed = from(parts).pipe(throughNode(() => createGzip()))
  const unpacked = await packed.pipe(throughNode(() => createGunzip())).to(toArray()).run()
  expect(Buffer.concat(unpacked).toString()).toBe(parts.join(''))
  expect(gunzipSync(Buffer.concat(await packed.to(toArray()).run())).toString()).toBe(parts.join(''))
})

it('A1: what a Transform puts out at its end comes out, of nothing too', async () => {
  const summing = (): Transform => {
    let sum = 0
    return new Transform({
      objectMode: true,
      transform(value: number, _encoding, done) {
        sum += value
        done()
      },
      flush(done) { done(null, sum) },
    })
  }
  expect(await range(0, 100).pipe(throughNode<number, number>(summing)).to(toArray()).run()).toEqual([4950])
  expect(await range(0, 0).pipe(throughNode<number, number>(summing)).to(toArray()).run()).toEqual([0])
})

it('A2: one value may become many, and no more are read than asked for', async () => {
  let made = 0
  const many = (): Transform => new Transform({
    readableObjectMode: true,
    writableObjectMode: true,
    readableHighWaterMark: 4,
    writableHighWaterMark: 1,
    transform(value: number, _encoding, done) {
      for (let i = 0; i < 10; i++) this.push(value * 10 + i)
      made += 10
      done()
    },
  })
  const reader = manualSink<number>()
  const run = range(0).pipe(throughNode<number, number>(many)).to(reader.sink).run()
  reader.request(3)
  await reader.expectNext(0, 1, 2)
  await settle()
  expect(made).toBeLessThanOrEqual(20)
  reader.request(100)
  await reader.expectNext(...Array.from({ length: 100 }, (_, i) => i + 3))
  await run.abort()
})

describe('A3: errors surface once', () => {
  it('in the middle, after what was put out before', async () => {
    const failing = (): Transform => new Transform({ ...OBJECTS, transform(value: number, _encoding, done) { done(value === 3 ? BOOM : null, value) } })
    const { values, error, suppressed } = await outcomeOf(range(0, 10).pipe(throughNode<number, number>(failing)))
    expect(values).toEqual([0, 1, 2])
    expect(error).toBe(BOOM)
    expect(suppressed).toEqual([])
  })
  it('at the end', async () => {
    const failing = (): Transform => new Transform({ ...OBJECTS, transform(value, _encoding, done) { done(null, value) }, flush(done) { done(BOOM) } })
    expect(await outcomeOf(range(0, 3).pipe(throughNode<number, number>(failing)))).toEqual({ values: [0, 1, 2], error: BOOM, suppressed: [] })
  })
  it('of the writable side after the readable one has ended', async () => {
    const half = (): Duplex => new Duplex({
      ...OBJECTS,
      read() {},
      write(_value, _encoding, done) { done() },
      final(done) {
        this.push(null)
        this.once('end', () => setImmediate(done, BOOM))
      },
    })
    const probe = manualSource<number>()
    const outcome = outcomeOf(probe.source.pipe(throughNode<number, number>(half)))
    probe.end()
    expect((await outcome).error).toBe(BOOM)
  })
  it('of the source, which destroys the duplex with it', async () => {
    let made: Duplex | undefined
    const probe = manualSource<number>()
    const outcome = outcomeOf(probe.source.pipe(throughNode<number, number>(() => (made = new PassThrough(OBJECTS)))))
    probe.emit(1, 2)
    await settle()
    probe.fail(BOOM)
    expect(await outcome).toEqual({ values: [1, 2], error: BOOM, suppressed: [] })
    expect(made?.errored).toBe(BOOM)
    expect(made?.closed).toBe(true)
  })
  it('of data that cannot be unpacked', async () => {
    const { error } = await outcomeOf(from(['no gzip']).pipe(throughNode(() => createGunzip())))
    expect(error).toMatchObject({ code: 'Z_DATA_ERROR' })
  })
  it('of packed data that stops in the middle', async () => {
    const [packed] = await from(['some text']).pipe(throughNode(() => createGzip())).to(toArray()).run()
    const { error } = await outcomeOf(from([(packed as Buffer).subarray(0, 12)]).pipe(throughNode(() => createGunzip())))
    expect(error).toMatchObject({ code: 'Z_BUF_ERROR' })
  })
  it('in composed streams', async () => {
    const composed = (): Duplex => compose(new PassThrough(OBJECTS), new Transform({ ...OBJECTS, transform(_value, _encoding, done) { done(BOOM) } }))
    expect((await outcomeOf(range(0, 10).pipe(throughNode<number, number>(composed)))).error).toBe(BOOM)
  })
  it('destroyed by somebody, with and without an error', async () => {
    for (const reason of [BOOM, undefined]) {
      let made: Duplex | undefined
      const outcome = outcomeOf(manualSource<number>().source.pipe(throughNode<number, number>(() => (made = new PassThrough(OBJECTS)))))
      await settle()
      made?.destroy(reason)
      const { error } = await outcome
      if (reason) expect(error).toBe(reason)
      else expect(error).toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    }
  })
  it('a null among the values, with the item; a function that throws or makes something else', async () => {
    const run = from([1, null]).pipe(throughNode(() => new PassThrough(OBJECTS))).to(toArray()).run()
    await expect(Promise.resolve(run)).rejects.toMatchObject({ code: 'ERR_STREAM_NULL_VALUES' })
    expect(run.failure).toMatchObject({ stage: 'throughNode', item: null })
    expect((await outcomeOf(range(0, 1).pipe(throughNode<number>(() => { throw BOOM })))).error).toBe(BOOM)
    expect((await outcomeOf(range(0, 1).pipe(throughNode<number>(() => ({}) as unknown as Duplex)))).error).toBeInstanceOf(OptionError)
  })
})

describe('A4: the duplex is destroyed, and its close awaited', () => {
  it('when the consumer wants no more', async () => {
    let made: Duplex | undefined
    expect(await range(0).pipe(throughNode<number, number>(() => (made = slowTransform()))).to(first()).run()).toBe(0)
    expect(made?.closed).toBe(true)
  })
  it('and a write that it then refuses, in its own words, is no failure', async () => {
    const refusing = (): Duplex => {
      let refuse: ((error: Error) => void) | undefined
      const duplex = new Duplex({
        ...OBJECTS,
        read() {},
        write(_value, _encoding, done) {
          refuse = done
          this.push(1)
        },
      })
      return duplex.once('close', () => { process.nextTick(() => refuse?.(BOOM)) })
    }
    const run = range(0).pipe(throughNode<number, number>(refusing)).to(first()).run()
    expect(await run).toBe(1)
  })
  it('when it ends its readable side before the source', async () => {
    let left = 3
    let made: Duplex | undefined
    const head = (): Duplex => (made = new Transform({
      ...OBJECTS,
      transform(value, _encoding, done) {
        if (left-- > 0) this.push(value)
        if (left === 0) this.push(null)
        done()
      },
    }))
    const probe = manualSource<number>()
    const outcome = outcomeOf(probe.source.pipe(throughNode<number, number>(head)))
    probe.emit(1, 2, 3, 4, 5, 6, 7)
    expect(await outcome).toEqual({ values: [1, 2, 3], error: undefined, suppressed: undefined })
    expect(probe.closeCount).toBe(1)
    expect(made?.closed).toBe(true)
  })
  it('what it then says of values that were still written to it is no failure', async () => {
    let refuse = (): void => {}
    const head = (): Duplex => {
      const duplex = new Duplex({ ...OBJECTS, read() {}, write() {} })
      duplex.push(1)
      duplex.push(null)
      refuse = () => duplex.destroy(BOOM)
      return duplex
    }
    const probe = manualSource<number>()
    const reader = manualSink<number>()
    const run = probe.source.pipe(throughNode<number, number>(head)).to(reader.sink).run()
    reader.request(1)
    probe.emit(1)
    await reader.expectNext(1)
    refuse()
    await settle()
    reader.request(1)
    await reader.expectEnd()
    await run
  })
  it('when it was never begun, none is made', async () => {
    let made = 0
    const run = range(0).pipe(throughNode<number, number>(() => (made++, new PassThrough(OBJECTS)))).to(manualSink<number>().sink).run()
    await settle()
    await run.abort()
    expect(made).toBe(0)
  })
})

it('makes one for each run', async () => {
  let made = 0
  const through = range(0, 3).pipe(throughNode<number, number>(() => (made++, new PassThrough(OBJECTS))))
  const results = await Promise.all([through.to(toArray()).run(), through.to(toArray()).run()])
  expect(results).toEqual([[0, 1, 2], [0, 1, 2]])
  expect(made).toBe(2)
})

it('T1: a value is dealt with when the duplex has taken it in; what it has not is given back', async () => {
  const tracked = trackedSource([1, 2, 3, 4])
  expect(await tracked.source.pipe(throughNode<number, number>(() => slowTransform())).to(toArray()).run()).toEqual([1, 2, 3, 4])
  expect(tracked.settlements).toEqual([1, 1, 1, 1])
  const failing = trackedSource([1, 2, 3, 4])
  const { error } = await outcomeOf(failing.source.pipe(throughNode<number, number>(() => new Transform({
    ...OBJECTS,
    transform(value: number, _encoding, done) { setImmediate(() => { done(value === 3 ? BOOM : null, value) }) },
  }))))
  await settle()
  expect(error).toBe(BOOM)
  // Whether the fourth was read by then is up to the platform; whatever was read is settled once.
  const read = failing.settlements.length
  expect(read).toBeGreaterThanOrEqual(3)
  expect(failing.settlements).toEqual(Array<number>(read).fill(1))
  expect(failing.statuses).toEqual(['ack', 'ack', 'nack', 'nack'].slice(0, read))
})

it('says at once what is no function', () => {
  expect(() => throughNode(new PassThrough() as unknown as () => Duplex)).toThrow(OptionError)
})

function slowTransform(): Transform {
  return new Transform({ ...OBJECTS, transform(value, _encoding, done) { setImmediate(done, null, value) } })
}

function same(): Operator<unknown, unknown> {
  return (source) => source
}

function decoupled(): Operator<unknown, unknown> {
  return asyncOperator<unknown, unknown>('decoupled', (upstream, stage) => new Joint(upstream, stage, new Held({ capacity: 16 })))
}

async function outcomeOf<T>(source: Source<T>) {
  const values: T[] = []
  const run = source.to(sink<T, void>('recording', () => ({
    write(batch, count) { values.push(...batch.slice(0, count)) },
    end() {},
  }))).run()
  const error: unknown = await run.then(() => undefined, (failure: unknown) => failure)
  return { values, error, suppressed: run.failure?.suppressed }
}
