import { describe, expect, expectTypeOf, it } from 'vitest'
import { OptionError, toArray, using, type Operator, type Source } from '@sluice/core'
import { endWith, filter, flatMap, map, mapAsync, take, takeLast, tap } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { asTransform, fromReadable } from '@sluice/adapters/web-streams'
import { readableOf } from '../../test/readable-of'

const BOOM = new Error('boom')
const fate = (promise: PromiseLike<unknown>): Promise<unknown> => Promise.resolve(promise.then((value) => ({ value }), (error: unknown) => ({ error })))
const identity = <T>(): Operator<T, T> => map((value: T) => value)
const read = <T>(stream: ReadableStream<T>): PromiseLike<T[]> => fromReadable(stream).to(toArray()).run()
function ends<A, B>(operator: Operator<A, B>, options = {}) {
  const { readable, writable } = asTransform(operator, options)
  return { reader: readable.getReader(), writer: writable.getWriter() }
}

describe('passing through', () => {
  it('A1: pipeThrough gives what the operator makes', async () => {
    const doubled = readableOf([1, 2, 3, 4]).pipeThrough(asTransform(mapAsync(async (n: number) => n * 2, { concurrency: 2 })))
    expectTypeOf(doubled).toEqualTypeOf<ReadableStream<number>>()
    expect(await read(doubled)).toEqual([2, 4, 6, 8])
  })

  it.each([0, 1, 5])('A6: thousands of values, with a readable high water mark of %i', async (highWaterMark) => {
    const values = Array.from({ length: 2000 }, (_, i) => i)
    const through = asTransform((source: Source<number>) => source.pipe(filter((n) => n % 2 === 0), flatMap((n) => [n, n])), { readableStrategy: { highWaterMark } })
    expect(await read(readableOf(values).pipeThrough(through))).toEqual(values.flatMap((n) => (n % 2 === 0 ? [n, n] : [])))
  })

  it('A2: a write waits until its output is asked for', async () => {
    const { reader, writer } = ends(identity<number>())
    expect(writer.desiredSize).toBe(1)
    let written = false
    void writer.write(1).then(() => { written = true })
    expect(writer.desiredSize).toBe(0)
    await settle()
    expect(written).toBe(false)
    expect(await reader.read()).toEqual({ done: false, value: 1 })
    await settle()
    expect([written, writer.desiredSize]).toEqual([true, 1])
  })

  it('A2: with room in the readable it does not', async () => {
    const { writer } = ends(identity<number>(), { readableStrategy: { highWaterMark: 1 }, writableStrategy: { highWaterMark: 3 } })
    expect(writer.desiredSize).toBe(3)
    await writer.write(1)
    const second = writer.write(2).then(() => 'written')
    expect(await Promise.any([second, settle().then(() => 'waiting')])).toBe('waiting')
  })
})

describe('ending', () => {
  it('closing the writable closes the readable, though nobody reads', async () => {
    const { reader, writer } = ends(identity<number>())
    await writer.close()
    await reader.closed
    expect(await reader.read()).toEqual({ done: true, value: undefined })
  })

  it('what the operator still holds comes out before the readable closes', async () => {
    const { reader, writer } = ends(takeLast<number>(2))
    for (const n of [1, 2, 3]) writer.write(n).catch(() => {})
    const closed = writer.close()
    expect([await reader.read(), await reader.read(), await reader.read()].map(({ value }) => value)).toEqual([2, 3, undefined])
    await closed
  })

  it('A3: an operator that fails fails both sides with its error', async () => {
    const { reader, writer } = ends(map<number, number>(() => { throw BOOM }))
    const all = await Promise.all([writer.write(1), reader.read(), reader.closed, writer.closed].map(fate))
    expect(all).toEqual([{ error: BOOM }, { error: BOOM }, { error: BOOM }, { error: BOOM }])
  })

  it('A3: what came before is read first', async () => {
    const operator = map((n: number) => { if (n === 3) throw BOOM; return n })
    const { reader, writer } = ends(operator, { readableStrategy: { highWaterMark: 9 } })
    for (const n of [1, 2, 3]) writer.write(n).catch(() => {})
    await settle()
    expect([(await reader.read()).value, (await reader.read()).value, await fate(reader.read())]).toEqual([1, 2, { error: BOOM }])
  })

  it('A4: aborting the writable fails the readable with the reason, at once', async () => {
    const { reader, writer } = ends(identity<number>())
    const waiting = fate(writer.write(1))
    await writer.abort(BOOM)
    expect(await Promise.all([waiting, fate(reader.read()), fate(reader.closed), fate(writer.closed)]))
      .toEqual([{ error: BOOM }, { error: BOOM }, { error: BOOM }, { error: BOOM }])
  })

  it('A4: cancelling the readable fails the writable with the reason', async () => {
    const { reader, writer } = ends(identity<number>())
    const waiting = fate(writer.write(1))
    await settle()
    await reader.cancel(BOOM)
    expect(await Promise.all([waiting, fate(writer.ready), fate(writer.closed), fate(reader.closed)]))
      .toEqual([{ error: BOOM }, { error: BOOM }, { error: BOOM }, { value: undefined }])
  })

  it('an operator that wants no more closes the readable and refuses writes, as terminate does', async () => {
    const { reader, writer } = ends(take<number>(1))
    const writes = [1, 2].map((n) => fate(writer.write(n)))
    expect([await reader.read(), await reader.read()].map(({ value, done }) => [value, done])).toEqual([[1, false], [undefined, true]])
    expect(await Promise.all(writes)).toEqual([{ value: undefined }, { error: expect.any(TypeError) }])
    expect(await fate(writer.closed)).toEqual({ error: expect.any(TypeError) })
  })

  it('A3: an error before pipeThrough and a cancel behind it go through', async () => {
    const failing = new ReadableStream<number>({ start: (controller) => { controller.error(BOOM) } })
    expect(await fate(read(failing.pipeThrough(asTransform(identity<number>()))))).toEqual({ error: BOOM })
    let reason: unknown
    const source = new ReadableStream<number>({ pull: (controller) => { controller.enqueue(1) }, cancel: (given) => { reason = given } })
    await source.pipeThrough(asTransform(identity<number>())).cancel(BOOM)
    await settle()
    expect(reason).toBe(BOOM)
  })
})

it('options are checked when it is made', () => {
  expect(() => asTransform(undefined as never)).toThrow(OptionError)
  expect(() => asTransform(identity(), { readableStrategy: { highWaterMark: -1 } })).toThrow(OptionError)
})

describe('the end needs no reader of its own', () => {
  const values = (count: number): number[] => Array.from({ length: count }, (_, i) => 100 + i)

  for (const highWaterMark of [0, 1, 3]) {
    for (const count of [0, 1, 2, 5]) {
      it(`A4: with ${count} values after the close and a readable high water mark of ${highWaterMark}, both sides are closed when the last value was read`, async () => {
        const { reader, writer } = ends(endWith<number, number>(...values(count)), { readableStrategy: { highWaterMark } })
        const written = fate(writer.write(1))
        const closed = fate(writer.close())
        for (const expected of [1, ...values(count)]) expect(await reader.read()).toEqual({ done: false, value: expected })
        expect(await Promise.all([written, closed, fate(reader.closed)])).toEqual([{ value: undefined }, { value: undefined }, { value: undefined }])
      })
    }
  }

  it('A2: after the close one value is made ahead of the readers, and no more', async () => {
    let made = 0
    const { reader, writer } = ends((source: Source<number>) => source.pipe(endWith<number, number>(...values(50)), tap(() => { made++ })))
    void fate(writer.close())
    await settle()
    expect(made).toBe(1)
    for (let taken = 1; taken <= 5; taken++) {
      await reader.read()
      await settle()
      expect(made).toBe(taken + 1)
    }
    await reader.cancel()
  })

  it('A3: a failure after the close comes after the value that was made ahead', async () => {
    const { reader, writer } = ends((source: Source<number>) => source.pipe(endWith<number, number>(1, 2), map((n) => { if (n === 2) throw BOOM; return n })))
    const closed = fate(writer.close())
    await settle()
    expect(await reader.read()).toEqual({ done: false, value: 1 })
    expect([await fate(reader.read()), await closed]).toEqual([{ error: BOOM }, { error: BOOM }])
  })
})

describe('A4: a cleanup that fails is told by whoever ends it', () => {
  const cleaning = (source: Source<number>): Source<number> => using(() => ({}), () => source, () => Promise.reject(BOOM))

  it('abort of the writable, cancel of the readable', async () => {
    const one = ends(cleaning)
    void fate(one.writer.write(1))
    void fate(one.reader.read())
    await settle()
    expect(await fate(one.writer.abort(new Error('why')))).toEqual({ error: BOOM })
    const other = ends(cleaning)
    void fate(other.writer.closed)
    void fate(other.reader.read())
    await settle()
    expect(await fate(other.reader.cancel(new Error('why')))).toEqual({ error: BOOM })
  })
})
