import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { forEach, from, range, type Source } from '@sluice/core'
import { readBytes, readCsv, readLines, readNdjson, writeLines, writeNdjson } from '@sluice/adapters/files'
import { map, mergeMap } from '@sluice/operators'
import { manualSource, trackedSource } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => { at.remove() })
const rows = Array.from({ length: 60_000 }, (_, n) => ({ n: String(n), text: 'x'.repeat(n % 50) }))

const READERS: readonly (readonly [string, string, (path: string) => Source<unknown>, (row: { n: string; text: string }) => unknown])[] = [
  ['readLines', 'a.csv', (path) => readLines(path), ({ n, text }) => `${n},"${text}"`],
  ['readLines, packed', 'a.csv.gz', (path) => readLines(path), ({ n, text }) => `${n},"${text}"`],
  ['readNdjson', 'a.ndjson', (path) => readNdjson(path), (row) => row],
  ['readCsv', 'a.csv', (path) => readCsv(path, { header: ['n', 'text'] }), (row) => row],
  ['readCsv, packed', 'a.csv.gz', (path) => readCsv(path, { header: ['n', 'text'] }), (row) => row],
]

it.each(READERS)('A8: %s that is stopped gives whole values only, and all are accounted for', async (_name, file, read, expected) => {
  const csv = rows.map(({ n, text }) => `${n},"${text}"\n`).join('')
  writeFileSync(at.path('a.csv'), csv)
  writeFileSync(at.path('a.csv.gz'), gzipSync(csv))
  writeFileSync(at.path('a.ndjson'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''))
  for (const after of [1, 300, 9000]) {
    const seen: unknown[] = []
    const run = read(at.path(file)).to(forEach((value) => {
      if (seen.push(value) === after) void run.stop()
    })).run()
    await run
    expect(seen).toEqual(rows.slice(0, seen.length).map(expected))
    expect(seen.length).toBeGreaterThanOrEqual(after)
    expect(seen.length).toBeLessThan(rows.length)
    const { read: taken, delivered, absorbed, abandoned } = run.stats().totals
    expect({ delivered, abandoned, sum: delivered + absorbed }).toEqual({ delivered: seen.length, abandoned: 0, sum: taken })
    expect(at.openFiles()).toBe(0)
  }
})

it('A8: a file that was opened for an item is read to its end, its last line without an end included', async () => {
  writeFileSync(at.path('a'), 'one\ntwo')
  const seen: string[] = []
  const run = range(0).pipe(mergeMap(() => readLines(readBytes(at.path('a'), { chunkSize: 2 })), { concurrency: 1 })).to(forEach((line) => {
    if (seen.push(line) === 3) void run.stop()
  })).run()
  await run
  expect(seen.length % 2).toBe(0)
  expect(new Set(seen)).toEqual(new Set(['one', 'two']))
})

it('A16: values are delivered when the file is in its place; of one written as it comes, when it has them', async () => {
  const large = 'x'.repeat(40_000)
  const probe = manualSource<string>()
  const run = probe.source.to(writeLines(at.path('out'))).run()
  probe.emit(large, large, large)
  await expect.poll(() => run.stats().totals).toMatchObject({ read: 3, delivered: 0, inFlight: 3 })
  probe.end()
  await run
  expect(run.stats().totals).toMatchObject({ delivered: 3, inFlight: 0 })

  const failing = manualSource<string>()
  const failed = failing.source.to(writeLines(at.path('out'))).run()
  failing.emit(large, large, large)
  await expect.poll(() => failed.stats().totals.read).toBe(3)
  failing.fail(new Error('boom'))
  await expect(failed).rejects.toThrow('boom')
  expect(failed.stats().totals).toMatchObject({ read: 3, delivered: 0, abandoned: 3 })

  const slow = manualSource<string>()
  const asItComes = slow.source.to(writeLines(at.path('log'), { append: true })).run()
  slow.emit(large, large)
  await expect.poll(() => statSync(at.path('log'), { throwIfNoEntry: false })?.size ?? 0).toBe(80_002)
  await expect.poll(() => asItComes.stats().totals).toMatchObject({ read: 2, delivered: 2 })
  await asItComes.abort(new Error('enough'))
  await expect(asItComes).rejects.toThrow('enough')
})

it('A16: tickets are acknowledged with the file in its place; the value at fault has failed', async () => {
  const tracked = trackedSource([{ a: 1 }, { a: 2 }])
  await tracked.source.to(writeNdjson(at.path('out'))).run()
  expect([tracked.statuses, tracked.settlements]).toEqual([['ack', 'ack'], [1, 1]])
  const bad = trackedSource<unknown>([1, undefined, 3])
  const run = bad.source.to(writeNdjson(at.path('out'))).run()
  await expect(run).rejects.toThrow('has no JSON text')
  expect(bad.statuses).not.toContain('ack')
  expect(run.stats().totals).toMatchObject({ delivered: 0, failed: 1 })
  expect(readFileSync(at.path('out'), 'utf8')).toBe('{"a":1}\n{"a":2}\n')
})

it('conservation holds for lines, records and values that are left out', async () => {
  const texts = from(['1\n', '2\n}\n3', '\n\n4\n'])
  for (const [source, figures] of [
    [readLines(texts), { delivered: 6, skipped: 0 }], [readNdjson(texts, { onError: 'skip' }), { delivered: 4, skipped: 1 }],
    [readCsv(from(['a,b\n1,2\n3\n4,5\n']), { onError: 'skip' }), { delivered: 2, skipped: 1 }],
  ] as const) {
    const run = (source as Source<unknown>).pipe(map((value) => value)).to(forEach(() => {})).run()
    await run
    const { read, absorbed, delivered, skipped, abandoned } = run.stats().totals
    expect({ delivered, skipped, abandoned }).toEqual({ ...figures, abandoned: 0 })
    expect(read).toBe(absorbed + delivered + skipped)
  }
})
