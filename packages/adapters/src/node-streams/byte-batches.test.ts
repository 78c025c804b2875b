import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { from, OptionError, range, toArray, type Source } from '@sluice/core'
import { fromByteBatches, toAsyncStreamable, toByteBatches, toByteWriter, type ByteWriter } from '@sluice/adapters/node-streams'
import { map, take } from '@sluice/operators'
import { manualSource, settle, sinkLaws, sourceLaws } from '@sluice/testing'

const BOOM = new Error('boom')
const piece = (n: number): Uint8Array => new Uint8Array([n])
const numbers = (pieces: readonly (Uint8Array | string)[]): unknown[] => pieces.map((one) => (typeof one === 'string' ? one : one[0]))

async function* batched(...batches: number[][]): AsyncGenerator<Uint8Array[]> {
  for (const batch of batches) yield batch.map(piece)
}

describe('fromByteBatches', () => {
  const expected = [1, 2, 3].map(piece)
  const entries: { name: string; make: () => Source<unknown>; rerunnable?: boolean }[] = [
    { name: 'fromByteBatches, of an async generator', make: () => fromByteBatches(batched([1, 2], [], [3])), rerunnable: false },
    { name: 'fromByteBatches, of an iterable', make: () => fromByteBatches([[piece(1)], [piece(2), piece(3)]]) },
    { name: 'fromByteBatches, of what is streamable', make: () => fromByteBatches({ [toAsyncStreamable]: () => batched([1], [2, 3]) }) },
    { name: 'fromByteBatches, of toByteBatches', make: () => fromByteBatches(toByteBatches(range(1, 3).pipe(map(piece)))) },
  ]
  for (const entry of entries) for (const { name, run } of sourceLaws({ ...entry, expected })) it(name, run)

  it('A1: a Readable without the flag is read piece by piece', async () => {
    const readable = Readable.from([Buffer.from('a'), Buffer.from('b')])
    Object.assign(readable, { [toAsyncStreamable]: () => { throw Object.assign(new Error('missing'), { code: 'ERR_STREAM_ITER_MISSING_FLAG' }) } })
    expect(Buffer.concat(await fromByteBatches(readable as never).to(toArray()).run()).toString()).toBe('ab')
  })
  it('A2: the next batch is asked for when this one is used up', async () => {
    let asked = 0
    const counting = async function* () { for (;;) { asked++; yield [piece(1), piece(2)] } }
    expect(numbers(await fromByteBatches(counting()).pipe(take(3)).to(toArray()).run())).toEqual([1, 2, 1])
    expect(asked).toBe(2)
  })
  it('A3: fails with the error of the stream, after what came before', async () => {
    const failing = async function* () { yield [piece(1)]; throw BOOM }
    const seen: unknown[] = []
    await expect(fromByteBatches(failing()).pipe(map((one) => { seen.push(one[0]) })).to(toArray()).run()).rejects.toBe(BOOM)
    expect(seen).toEqual([1])
  })
  it('A3: names what is no batch', async () => {
    await expect(fromByteBatches([3] as never).to(toArray()).run()).rejects.toThrow('fromByteBatches: a batch is a list of Uint8Array, this is number')
  })
  it('A4: an early end returns the iterator', async () => {
    let returned = false
    const long = async function* () { try { for (;;) yield [piece(1)] } finally { returned = true } }
    await fromByteBatches(long()).pipe(take(1)).to(toArray()).run()
    expect(returned).toBe(true)
  })
  it('A9: what is neither is refused when the pipeline is built', () => {
    expect(() => fromByteBatches(1 as never)).toThrow(OptionError)
    expect(() => toByteBatches(range(0).pipe(map(piece)), { most: 0 })).toThrow(OptionError)
    expect(() => toByteWriter({} as never)).toThrow(OptionError)
  })
})

describe('toByteBatches', () => {
  it('A1: gives what is there, at most so much at a time', async () => {
    const sizes: number[] = []
    for await (const batch of toByteBatches(range(0, 100).pipe(map(piece)), { most: 40 })) sizes.push(batch.length)
    expect(sizes.reduce((sum, size) => sum + size)).toBe(100)
    expect(Math.max(...sizes)).toBeGreaterThan(1)
    expect(Math.max(...sizes)).toBeLessThanOrEqual(40)
  })
  it('A1: what it is asked for as streamable is streamable no more', () => {
    const streamable = toByteBatches(from([piece(1)]))[toAsyncStreamable]() as object
    expect(toAsyncStreamable in streamable).toBe(false)
  })
  it('A2: pulls nothing before it is asked, and waits for no second piece', async () => {
    const probe = manualSource<Uint8Array>()
    const iterator = toByteBatches(probe.source)[Symbol.asyncIterator]()
    await settle()
    expect(probe.pulls).toBe(0)
    const first = iterator.next()
    await settle()
    probe.emit(piece(7))
    expect(await first).toMatchObject({ done: false, value: [piece(7)] })
    await iterator.return?.()
    expect(probe.closeCount).toBe(1)
  })
  it('A3: fails with the error of the source', async () => {
    const probe = manualSource<Uint8Array>()
    const iterator = toByteBatches(probe.source)[Symbol.asyncIterator]()
    const first = iterator.next()
    await settle()
    probe.fail(BOOM)
    await expect(first).rejects.toBe(BOOM)
  })
})

/** A writer of each kind: as little as there may be, and all there is. */
function writers(): { name: string; make: (log: unknown[]) => ByteWriter }[] {
  return [
    { name: 'with write only', make: (log) => ({ write: async (chunk) => { await settle(1); log.push(chunk) } }) },
    { name: 'that takes lists', make: (log) => ({
      write: () => { throw new Error('not asked for') },
      writev: async (chunks) => { await settle(1); log.push(...chunks) },
      end: async () => { log.push('end'); return 0 },
    }) },
    { name: 'that takes some at once', make: (log) => {
      let turn = 0
      return {
        write: () => { throw new Error('not asked for') },
        writevSync(chunks) {
          if (turn++ % 2 === 1) return false
          log.push(...chunks)
          return true
        },
        writev: async (chunks) => { await settle(1); log.push(...chunks) },
        endSync: () => { log.push('end'); return 1 },
      }
    } },
  ]
}

describe.each(writers())('toByteWriter, a writer $name', ({ make }) => {
  it('A1: writes all in order, and ends it', async () => {
    const log: unknown[] = []
    expect(await from([piece(1), 'b', piece(3)]).to(toByteWriter(make(log))).run()).toBe(3)
    expect(log.filter((one) => one !== 'end')).toEqual([piece(1), 'b', piece(3)])
  })
})

describe('toByteWriter', () => {
  const bare: ByteWriter = { write: async () => {} }
  for (const { name, run } of sinkLaws({ name: 'toByteWriter', make: () => toByteWriter(bare), expected: ({ length }) => length })) it(name, run)

  it('A3: tells it of a failure, and fails with its own', async () => {
    const told: unknown[] = []
    const probe = manualSource<string>()
    const run = probe.source.to(toByteWriter({ write: async () => {}, fail: (reason) => told.push(reason) })).run()
    await settle()
    probe.fail(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(told).toEqual([BOOM])
    const other = from(['a']).to(toByteWriter({ write: () => Promise.reject(BOOM) })).run()
    await expect(other).rejects.toBe(BOOM)
    expect(other.failure?.item).toBe('a')
  })
  it('A4: preventClose and preventAbort leave it as it is', async () => {
    const told: string[] = []
    const writer: ByteWriter = { write: async () => {}, end: async () => { told.push('end'); return 0 }, fail: () => told.push('fail') }
    await from(['a']).to(toByteWriter(writer, { preventClose: true })).run()
    const run = manualSource<string>().source.to(toByteWriter(writer, { preventAbort: true })).run()
    await run.abort()
    await expect(run).rejects.toThrow()
    expect(told).toEqual([])
  })
})
