import { writeFileSync } from 'node:fs'
import { parquetMetadata } from 'hyparquet'
import { parquetWriteBuffer } from 'hyparquet-writer'
import { afterAll, describe, expect, it } from 'vitest'
import { OptionError, toArray } from '@sluice/core'
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
