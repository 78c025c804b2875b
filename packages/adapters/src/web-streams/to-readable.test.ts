import { describe, expect, expectTypeOf, it } from 'vitest'
import { unhandledRejections } from '../../../../test/unhandled-rejections'
import { from, never, OptionError, range, toArray, using, type Source } from '@sluice/core'
import { source } from '@sluice/core/authoring'
import { map, mapAsync } from '@sluice/operators'
import { explore, manualSource, settle } from '@sluice/testing'
import { fromReadable, toReadable } from '@sluice/adapters/web-streams'
import { listenerCount } from '../../../../test/listener-count'

const BOOM = new Error('boom')
const fate = (promise: Promise<unknown>): Promise<unknown> => promise.then((value) => ({ value }), (error: unknown) => ({ error }))
const failingAfter = (values: readonly number[], error: unknown): Source<number> => from((async function* () {
  yield* values
  throw error
})())
/** Tells how many values were pulled. */
function counted(length = Infinity): { readonly source: Source<number>; readonly pulled: number } {
  const seen = { pulled: 0 }
  const numbers = range(0, length).pipe(map((n) => (seen.pulled++, n)))
  return { source: numbers, get pulled() { return seen.pulled } }
}

describe('reading', () => {
  it('A1: gives the values in order, then the end', async () => {
    const reader = toReadable(range(1, 2)).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 1 })
    expect(await reader.read()).toEqual({ done: false, value: 2 })
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    await reader.closed
  })

  it('A2: nothing is opened and nothing pulled before somebody reads', async () => {
    const probe = manualSource<number>()
    const stream = toReadable(probe.source)
    await settle()
    expect([probe.openCount, probe.pulls, stream.locked]).toEqual([0, 0, false])
  })

  it.each([0, 1, 3])('A2: with a high water mark of %i, so many are read ahead, and one for each read', async (highWaterMark) => {
    const seen = counted()
    const reader = toReadable(seen.source, { highWaterMark }).getReader()
    await settle()
    expect(seen.pulled).toBe(highWaterMark)
    for (let read = 1; read <= 3; read++) {
      await reader.read()
      await settle()
      expect(seen.pulled).toBe(highWaterMark + read)
    }
  })

  it('A2: three reads at once ask for three values', async () => {
    const probe = manualSource<number>()
    const reader = toReadable(probe.source).getReader()
    const reads = [reader.read(), reader.read(), reader.read()]
    await settle()
    expect(probe.demand).toBe(1)
    probe.emit(1, 2, 3, 4)
    expect((await Promise.all(reads)).map(({ value }) => value)).toEqual([1, 2, 3])
    await settle()
    expect(probe.delivered).toBe(3)
  })

  it('A2: what a chunk counts is for size to say', async () => {
    const seen = counted()
    const reader = toReadable(seen.source, { highWaterMark: 10, size: () => 4 }).getReader()
    await settle()
    expect(seen.pulled).toBe(3)
    await reader.read()
    await settle()
    expect(seen.pulled).toBe(4)
  })

  it('a high water mark without end reads everything', async () => {
    const seen = counted(1000)
    const stream = toReadable(seen.source, { highWaterMark: Infinity })
    await settle(40)
    expect(seen.pulled).toBe(1000)
    await stream.cancel()
  })

  it('is locked by a reader, and free when it is released', async () => {
    const stream = toReadable(range(0))
    const reader = stream.getReader()
    expect(stream.locked).toBe(true)
    expect(() => stream.getReader()).toThrow(TypeError)
    await expect(stream.cancel()).rejects.toThrow(TypeError)
    reader.releaseLock()
    expect(stream.locked).toBe(false)
    const again = stream.getReader()
    expect(await again.read()).toEqual({ done: false, value: 0 })
    await again.cancel()
  })

  it('a value that was asked for by a read that was given up is there for the next one', async () => {
    const probe = manualSource<number>()
    const stream = toReadable(probe.source)
    const first = stream.getReader()
    const given = fate(first.read())
    await settle()
    first.releaseLock()
    expect(await given).toEqual({ error: expect.any(TypeError) })
    probe.emit(7)
    await settle()
    expect(await stream.getReader().read()).toEqual({ done: false, value: 7 })
  })

  it('A6: tee gives both branches everything', async () => {
    const [left, right] = toReadable(range(0, 500)).tee()
    const [one, two] = await Promise.all([fromReadable(left).to(toArray()).run(), fromReadable(right).to(toArray()).run()])
    expect(one).toEqual(Array.from({ length: 500 }, (_, i) => i))
    expect(two).toEqual(one)
  })
})

describe('failing', () => {
  it('A3: what came before the failure is read first, then the same error, for good', async () => {
    const reader = toReadable(failingAfter([1, 2], BOOM), { highWaterMark: 5 }).getReader()
    await settle()
    expect(await reader.read()).toEqual({ done: false, value: 1 })
    expect(await reader.read()).toEqual({ done: false, value: 2 })
    expect(await fate(reader.read())).toEqual({ error: BOOM })
    expect(await fate(reader.read())).toEqual({ error: BOOM })
    expect(await fate(reader.closed)).toEqual({ error: BOOM })
  })

  it('A3: so it is with sizes that do not add up', async () => {
    const stream = toReadable(failingAfter([1, 2, 3], BOOM), { highWaterMark: 9, size: (n) => n / 10 })
    await settle()
    const reader = stream.getReader()
    for (const value of [1, 2, 3]) expect(await reader.read()).toEqual({ done: false, value })
    expect(await fate(reader.read())).toEqual({ error: BOOM })
  })

  it('A3: a size that throws fails the stream and closes the source', async () => {
    const probe = manualSource<number>()
    const reader = toReadable(probe.source, { highWaterMark: 5, size: () => { throw BOOM } }).getReader()
    await settle()
    probe.emit(1)
    await settle()
    expect(await fate(reader.read())).toEqual({ error: BOOM })
    await settle()
    expect(probe.closeCount).toBe(1)
  })

  it('A7: a source that fails while the reader cancels settles once', async () => {
    const probe = manualSource<number>()
    const stream = toReadable(probe.source)
    const reader = stream.getReader()
    const read = fate(reader.read())
    probe.fail(BOOM)
    const cancelled = reader.cancel('enough')
    expect(await read).toEqual({ value: { done: true, value: undefined } })
    expect(await fate(cancelled)).toEqual({ value: undefined })
  })
})

describe('cancelling', () => {
  it('A4: aborts the run with the reason, and waits until it was cleaned up', async () => {
    let cleaned = false
    let seen: unknown
    const stream = toReadable(source<number>('slow to close', () => ({
      pull: (into) => ((into[0] = 1), 1),
      close: async (outcome) => {
        seen = outcome
        await settle()
        cleaned = true
      },
    })))
    const reader = stream.getReader()
    await reader.read()
    await reader.cancel('enough')
    expect([cleaned, seen]).toEqual([true, { status: 'cancelled', reason: 'enough' }])
    expect(await reader.read()).toEqual({ done: true, value: undefined })
    await reader.closed
  })

  it('A4: reaches the far end though nothing was ever read', async () => {
    let reason: unknown
    await toReadable(fromReadable(new ReadableStream({ cancel: (given) => { reason = given } }))).cancel('early')
    expect(reason).toBe('early')
  })

  it('A4: rejects with the error of a cleanup', async () => {
    const reader = toReadable(using(() => 1, () => range(0), () => Promise.reject(BOOM))).getReader()
    await reader.read()
    expect(await fate(reader.cancel())).toEqual({ error: BOOM })
  })

  it('A4: leaving for await cancels; with preventCancel the stream goes on where it was', async () => {
    const probe = counted()
    const stream = toReadable(probe.source)
    for await (const value of stream.values({ preventCancel: true })) if (value === 1) break
    expect([stream.locked, probe.pulled]).toEqual([false, 2])
    for await (const value of stream) {
      expect(value).toBe(2)
      break
    }
    expect(probe.pulled).toBe(3)
    expect(await stream.getReader().read()).toEqual({ done: true, value: undefined })
  })

  it('A4: the signal of the run fails the stream with its reason', async () => {
    const controller = new AbortController()
    const reader = toReadable(never(), { signal: controller.signal }).getReader()
    const read = fate(reader.read())
    await settle()
    controller.abort(BOOM)
    expect(await read).toEqual({ error: BOOM })
  })
})

describe('running', () => {
  it('R21: timers get their turn while everything is at hand', async () => {
    const timer = { fired: false }
    setTimeout(() => { timer.fired = true }, 1)
    for await (const value of toReadable(range(0, 10_000_000))) if (timer.fired || value === 9_999_999) break
    expect(timer.fired).toBe(true)
  })

  it('A5: many streams leave no listener behind', async () => {
    const { signal } = new AbortController()
    for (let i = 0; i < 100; i++) {
      const reader = toReadable(range(0, 2), { signal }).getReader()
      for (let read = 0; read < (i % 4); read++) await reader.read()
      await reader.cancel()
    }
    expect(listenerCount(signal, 'abort')).toBe(0)
  })

  it('A1: user code of the source may read from the very stream it feeds', async () => {
    const late: Promise<unknown>[] = []
    const stream: ReadableStream<number> = toReadable(range(0, 4).pipe(map((n) => {
      if (n === 1) late.push(reader.read())
      return n
    })))
    const reader = stream.getReader()
    expect([(await reader.read()).value, (await reader.read()).value, (await reader.read()).value]).toEqual([0, 1, 3])
    expect(await late[0]).toEqual({ done: false, value: 2 })
  })

  it('A2: the same under any interleaving', async () => {
    await explore(100, async ({ scheduler, random }) => {
      const highWaterMark = Math.floor(random() * 4)
      const stream = toReadable(range(0, 50).pipe(mapAsync(async (n) => n, { concurrency: 3 })), { scheduler, highWaterMark })
      const values: number[] = []
      for await (const value of stream) values.push(value)
      expect(values).toEqual(Array.from({ length: 50 }, (_, i) => i))
    })
  })
})

describe('as a byte stream', () => {
  const bytes = (...chunks: number[][]): Source<Uint8Array> => from(chunks.map((chunk) => new Uint8Array(chunk)))

  it('A1: gives chunks to a default reader, and leaves the source its own', async () => {
    const chunks = [new TextEncoder().encode('abc'), new Uint8Array(0), new Uint8Array([1, 2, 3, 4]).subarray(1, 3)]
    const reader = toReadable(from(chunks), { type: 'bytes' }).getReader()
    expect((await reader.read()).value).toEqual(new Uint8Array([97, 98, 99]))
    expect((await reader.read()).value).toEqual(new Uint8Array([2, 3]))
    expect((await reader.read()).done).toBe(true)
    expect(chunks.map(({ length }) => length)).toEqual([3, 0, 2])
  })

  it('A1: fills the buffers of a BYOB reader, and keeps what does not fit for the next', async () => {
    const reader = toReadable(bytes([1, 2, 3, 4, 5], [6]), { type: 'bytes' }).getReader({ mode: 'byob' })
    expect((await reader.read(new Uint8Array(3))).value).toEqual(new Uint8Array([1, 2, 3]))
    expect((await reader.read(new Uint8Array(3))).value).toEqual(new Uint8Array([4, 5]))
    expect((await reader.read(new Uint8Array(3))).value).toEqual(new Uint8Array([6]))
    expect(await reader.read(new Uint8Array(3))).toEqual({ done: true, value: new Uint8Array(0) })
    await reader.closed
  })

  it('A4: a BYOB read that waits is answered when the stream is cancelled', async () => {
    const reader = toReadable(never(), { type: 'bytes' }).getReader({ mode: 'byob' })
    const read = reader.read(new Uint8Array(4))
    await settle()
    await reader.cancel('enough')
    expect((await read).done).toBe(true)
  })

  it('A2: the high water mark counts bytes', async () => {
    let pulled = 0
    const stream = toReadable(range(0).pipe(map(() => (pulled++, new Uint8Array(4)))), { type: 'bytes', highWaterMark: 10 })
    await settle()
    expect(pulled).toBe(3)
    await stream.cancel()
  })

  it('A3: what is no bytes fails it', async () => {
    const reader = toReadable(from(['text']) as Source<never>, { type: 'bytes' }).getReader()
    await expect(reader.read()).rejects.toThrow('toReadable: a byte stream takes Uint8Array and other views, got string')
  })
})

it('options are checked when the stream is made', () => {
  for (const options of [{ highWaterMark: -1 }, { highWaterMark: Number.NaN }, { size: 1 }, { type: 'text' }]) {
    expect(() => toReadable(range(0), options as never)).toThrow(OptionError)
  }
})

it('types: what is read is what the source has', () => {
  expectTypeOf(toReadable(range(0))).toEqualTypeOf<ReadableStream<number>>()
  expectTypeOf(toReadable(from([new Uint8Array(0)]), { type: 'bytes' })).toEqualTypeOf<ReadableStream<Uint8Array>>()
})

describe('A7: a byte stream that ends within an element', () => {
  it.each([1, 3, 7])('of two bytes, after %i bytes: the read fails, and nobody else hears of it', async (length) => {
    const lost = await unhandledRejections(async () => {
      const reader = toReadable(from([new Uint8Array(length)]), { type: 'bytes' }).getReader({ mode: 'byob' })
      for (let whole = 0; whole < Math.floor(length / 2); whole++) expect((await reader.read(new Uint16Array(1))).value?.byteLength).toBe(2)
      await expect(reader.read(new Uint16Array(1))).rejects.toThrow(TypeError)
      await expect(reader.closed).rejects.toThrow(TypeError)
    })
    expect(lost).toEqual([])
  })
})
