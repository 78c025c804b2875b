import { writeFileSync } from 'node:fs'
import { parquetMetadata } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { deadLetter, forEach, OptionError, retry, toArray, type DeadLetter } from '@sluice/core'
import { ParquetError, readParquet } from '@sluice/adapters/parquet'
import { take } from '@sluice/operators'
import { manualSink, settle, sourceLaws } from '@sluice/testing'
import { folder } from '../../test/folder'

const at = folder()
afterAll(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})

/** Rows 0 to `rows - 1` in groups of ten. */
function write(name: string, rows: number): string {
  const ids = Array.from({ length: rows }, (_, i) => i)
  const bytes = parquetWriteBuffer({
    columnData: [
      { name: 'id', data: ids, type: 'INT32' },
      { name: 'text', data: ids.map((i) => (i % 3 === 0 ? null : `t${i}`)), type: 'STRING', nullable: true },
      { name: 'big', data: ids.map((i) => BigInt(i) * 10_000_000_000n), type: 'INT64' },
      { name: 'at', data: ids.map((i) => new Date(1_700_000_000_000 + i)), type: 'TIMESTAMP' },
    ],
    rowGroupSize: 10,
  })
  writeFileSync(at.path(name), new Uint8Array(bytes))
  return at.path(name)
}

/** A buffer that writes down what is read of it. */
function watched(bytes: ArrayBuffer) {
  const reads: [number, number][] = []
  return {
    reads,
    buffer: {
      byteLength: bytes.byteLength,
      async slice(start: number, end = bytes.byteLength) {
        reads.push([start, end])
        return bytes.slice(start, end)
      },
    },
  }
}
const narrow = (rows: number, rowGroupSize = 10): ArrayBuffer =>
  parquetWriteBuffer({ columnData: [{ name: 'n', data: Array.from({ length: rows }, (_, i) => i), type: 'INT32' }], rowGroupSize, codec: 'UNCOMPRESSED' })

const file = write('laws.parquet', 25)
for (const { name, run } of sourceLaws({
  name: 'readParquet',
  make: () => readParquet(file, { columns: ['id', 'text'] }),
  expected: Array.from({ length: 25 }, (_, i) => ({ id: i, text: i % 3 === 0 ? null : `t${i}` })),
})) it(name, run)

describe('readParquet', () => {
  it('A1: gives the rows of every row group, in order, with their types', async () => {
    const rows = await readParquet(write('all.parquet', 42)).to(toArray()).run()
    expect(rows).toHaveLength(42)
    expect(rows[41]).toEqual({ id: 41, text: 't41', big: 410_000_000_000n, at: new Date(1_700_000_000_041) })
    expect(at.openFiles()).toBe(0)
  })

  it.each([[0, 0], [0, 1], [9, 11], [10, 20], [15, 38], [39, 42], [40, 1000], [42, 42], [50, 60]])('reads rows %i to %i, across groups', async (rowStart, rowEnd) => {
    const rows = await readParquet<{ id: number }>(write('range.parquet', 42), { columns: ['id'], rowStart, rowEnd }).to(toArray()).run()
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 42 }, (_, i) => i).slice(rowStart, rowEnd))
  })

  it('A2: a row group is read when the rows of the one before are used up', async () => {
    const { buffer, reads } = watched(narrow(30))
    const reader = manualSink<unknown>()
    const run = readParquet(buffer).to(reader.sink).run()
    await settle(4)
    expect(reads).toEqual([])
    reader.request(1)
    await reader.expectNext({ n: 0 })
    await settle(4)
    const first = reads.length
    reader.request(9)
    await reader.expectNext(...Array.from({ length: 9 }, (_, i) => ({ n: i + 1 })))
    await settle(4)
    expect(reads.length).toBe(first)
    reader.request(1)
    await reader.expectNext({ n: 10 })
    expect(reads.length).toBeGreaterThan(first)
    await run.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
  })

  it('reads no row group that is not wanted', async () => {
    const bytes = narrow(100_000, 10_000)
    const { buffer, reads } = watched(bytes)
    const rows = await readParquet<{ n: number }>(buffer, { rowStart: 50_000, rowEnd: 50_002 }).to(toArray()).run()
    expect(rows).toEqual([{ n: 50_000 }, { n: 50_001 }])
    const body = reads.filter(([, end]) => end < bytes.byteLength - 1000).reduce((sum, [start, end]) => sum + end - start, 0)
    expect(body).toBeLessThan(bytes.byteLength / 5)
  })

  it('take ends it after the first group, and the file is closed', async () => {
    expect(await readParquet<{ id: number }>(write('taken.parquet', 1000), { columns: ['id'] }).pipe(take(2)).to(toArray()).run()).toEqual([{ id: 0 }, { id: 1 }])
    expect(at.openFiles()).toBe(0)
  })

  it('A4: an abort while a part is being read ends at once where the part comes, and reads nothing more', async () => {
    const bytes = narrow(30)
    let release = (): void => {}
    let slices = 0
    const held = new Promise<void>((resolve) => { release = resolve })
    const buffer = {
      byteLength: bytes.byteLength,
      async slice(start: number, end?: number) {
        slices++
        await held
        return bytes.slice(start, end)
      },
    }
    const run = readParquet(buffer).to(toArray()).run()
    while (slices === 0) await settle(1)
    const aborted = run.abort(new Error('enough'))
    release()
    await aborted
    await expect(run).rejects.toThrow('enough')
    expect(slices).toBe(1)
    expect(run.unstopped).toEqual([])
  })

  it('A3: what cannot be read fails with an error that names the file', async () => {
    await expect(readParquet(at.path('none')).to(toArray()).run()).rejects.toThrow(/ENOENT.*none/)
    writeFileSync(at.path('text'), 'no parquet at all, only some text')
    const run = readParquet(at.path('text')).to(toArray()).run()
    await expect(run).rejects.toThrow(ParquetError)
    await expect(run).rejects.toThrow(/text: no Parquet/)
    expect(run.failure?.stage).toBe('readParquet')
    expect(at.openFiles()).toBe(0)
  })

  it('A3: a group that is broken fails after the rows of the groups before it', async () => {
    const bytes = narrow(30)
    const page = Number(parquetMetadata(bytes).row_groups[2]?.columns[0]?.meta_data?.data_page_offset)
    new Uint8Array(bytes).fill(255, page, page + 8)
    const rows: unknown[] = []
    await expect((async () => { for await (const row of readParquet(watched(bytes).buffer)) rows.push(row) })()).rejects.toThrow(/rows 20 to 29/)
    expect(rows).toHaveLength(20)
  })

  it('A3: columns that are not there are named, with those that are', async () => {
    await expect(readParquet(write('few.parquet', 3), { columns: ['id', 'who', 'why'] }).to(toArray()).run())
      .rejects.toThrow('no columns who, why; it has id, text, big, at')
  })

  it.each([
    () => { readParquet('') },
    () => { readParquet({} as never) },
    () => { readParquet('a', { columns: [] }) },
    () => { readParquet('a', { rowStart: -1 }) },
    () => { readParquet('a', { rowStart: 5, rowEnd: 4 }) },
  ])('options that cannot work fail when the pipeline is built (%#)', (build) => {
    expect(build).toThrow(OptionError)
  })
})

/** A file whose second of three row groups cannot be read the first `times` times. */
function damaged(times = Infinity) {
  const bytes = narrow(30)
  const [, second] = parquetMetadata(bytes).row_groups
  const start = Number(second?.columns[0]?.meta_data?.data_page_offset)
  let failures = 0
  const buffer = {
    byteLength: bytes.byteLength,
    async slice(from: number, to = bytes.byteLength) {
      if (from <= start && start < to && to < bytes.byteLength && ++failures <= times) throw new Error('bad sector')
      return bytes.slice(from, to)
    },
  }
  return { buffer, failures: () => failures }
}
const numbers = (from: number, to: number): object[] => Array.from({ length: to - from }, (_, i) => ({ n: from + i }))

describe('readParquet, onError', () => {
  it('R30: a row group that cannot be read is left out, the others are read', async () => {
    const run = readParquet(damaged().buffer, { onError: 'skip' }).to(toArray()).run()
    expect(await run).toEqual([...numbers(0, 10), ...numbers(20, 30)])
    expect(run.stats().totals).toMatchObject({ read: 21, delivered: 20, skipped: 1 })
  })

  it('R30: it is written to a dead letter, which says what rows are missing', async () => {
    const letters: DeadLetter[] = []
    const run = readParquet(damaged().buffer, { rowStart: 12, onError: deadLetter(forEach((letter: DeadLetter) => { letters.push(letter) })) }).to(toArray()).run()
    expect(await run).toEqual(numbers(20, 30))
    expect(letters).toMatchObject([{ stage: 'readParquet', item: { place: 'the buffer', rowStart: 12, rowEnd: 20 } }])
  })

  it('R30: it is read again', async () => {
    const file = damaged(2)
    expect(await readParquet(file.buffer, { onError: retry({ times: 3, delayMs: 1 }) }).to(toArray()).run()).toEqual(numbers(0, 30))
    expect(file.failures()).toBeGreaterThan(2)
  })

  it('R30: without it, or with no try left, the run fails with the rows, after those before them', async () => {
    for (const [onError, attempt] of [[undefined, 1], [retry({ times: 1, delayMs: 1 }), 2]] as const) {
      const got: unknown[] = []
      const run = readParquet(damaged().buffer, { onError }).to(forEach((row) => { got.push(row) })).run()
      await expect(run).rejects.toThrow('rows 10 to 19: bad sector')
      expect(got).toEqual(numbers(0, 10))
      expect(run.failure).toMatchObject({ stage: 'readParquet', attempt, item: { rowStart: 10, rowEnd: 20 } })
      expect(run.stats().totals).toMatchObject({ read: 11, delivered: 10, failed: 1 })
    }
  })
})
