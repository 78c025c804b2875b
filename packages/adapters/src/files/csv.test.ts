import fc from 'fast-check'
import { readFileSync, writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { count, deadLetter, from, OptionError, range, toArray } from '@sluice/core'
import { CsvError, readCsv, writeCsv } from '@sluice/adapters/files'
import { map, take } from '@sluice/operators'
import { explore, manualSink, manualSource } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})
const BOOM = new Error('boom')
const lists = (text: string, options = {}) => readCsv(from([text]), { header: false, ...options }).to(toArray()).run()

it('A1: names come from the first record, from a list, or there are none', async () => {
  expect(await readCsv(from(['\uFEFFa,b\r\n1,"x ""y"",\r\nz"\r\n\r\n'])).to(toArray()).run()).toEqual([{ a: '1', b: 'x "y",\r\nz' }])
  expect(await readCsv(from(['1,2']), { header: ['a', 'b'] }).to(toArray()).run()).toEqual([{ a: '1', b: '2' }])
  expect(await lists('a,b\n1,2')).toEqual([['a', 'b'], ['1', '2']])
  expect(await lists('# no\n a ; "b;"', { delimiter: ';', comment: '#', trim: true })).toEqual([['a', 'b;']])
  expect(await lists('a"b,c', { quote: false })).toEqual([['a"b', 'c']])
  expect(await readCsv(from([''])).to(toArray()).run()).toEqual([])
  expect(await readCsv(from(['a,b\n'])).to(toArray()).run()).toEqual([])
})

it('A6: rows do not depend on how the bytes are cut', async () => {
  const whole = Buffer.from('\uFEFFa,b\n"ü ""1""\r\n",2\r\n3,"4\n5"\n')
  const expected = [{ a: 'ü "1"\r\n', b: '2' }, { a: '3', b: '4\n5' }]
  for (let size = 1; size <= whole.length; size++) {
    const pieces = Array.from({ length: Math.ceil(whole.length / size) }, (_, i) => whole.subarray(i * size, (i + 1) * size))
    expect(await readCsv(from(pieces)).to(toArray()).run()).toEqual(expected)
  }
  await explore(30, async ({ scheduler }) => {
    expect(await readCsv(from([whole.subarray(0, 7), whole.subarray(7)])).to(toArray()).run({ scheduler })).toEqual(expected)
  })
})

it.each(['\n', '\r\n', '\r'])('A6: lines that end with %j are records, also within one text', async (end) => {
  const text = ['id,name', '1,ann', '', '2,"b\rob"', ''].join(end)
  const expected = [{ id: '1', name: 'ann' }, { id: '2', name: 'b\rob' }]
  for (let cut = 0; cut <= text.length; cut++) {
    expect(await readCsv(from([text.slice(0, cut), text.slice(cut)])).to(toArray()).run()).toEqual(expected)
  }
  expect(await lists(`a,b${end}c,d\r\ne,f\rg,h`)).toEqual([['a', 'b'], ['c', 'd'], ['e', 'f'], ['g', 'h']])
})

it('A14: text that was cut in a character comes out whole; half a character fails the run', async () => {
  const rows = (pieces: (string | Uint8Array)[]) => readCsv(from(pieces), { header: false }).to(toArray()).run()
  expect(await rows(['smile \ud83d', '\ude00,\ud83d', '', '\ude01\n'])).toEqual([['smile \u{1f600}', '\u{1f601}']])
  for (const pieces of [['a\ud83d'], ['a\ud83d', 'b'], ['a\ude00'], ['a\ud83d', Buffer.from('b')]]) {
    await expect(rows(pieces)).rejects.toThrow('the source: the text has half a character')
  }
})

it('A6: what was written is read back', async () => {
  const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('"', '""', ',', '\n', '\r\n', ' ', '\r', '=1+1', '\uFEFF'))
  const rows = fc.oneof(
    fc.array(fc.array(field, { minLength: 1, maxLength: 1 }), { maxLength: 20 }),
    fc.array(fc.tuple(field, field, field), { maxLength: 20 }),
  )
  await fc.assert(fc.asyncProperty(rows, async (values) => {
    await from(values).to(writeCsv(at.path('out.csv'))).run()
    expect(await readCsv(at.path('out.csv'), { header: false }).to(toArray()).run()).toEqual(values)
  }), { numRuns: 60 })
})

it('A3: a record with too many or too few fields goes where onError says, with its line', async () => {
  const text = 'a,b\n1,2\n3\n"4\n4",5\n6,7,8\n'
  const run = readCsv(from([text])).to(count()).run()
  const error: unknown = await run.then(undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(CsvError)
  expect(error).toMatchObject({ line: 3, message: 'the source, line 3: expected 2 fields, found 1' })
  expect(run.failure).toMatchObject({ stage: 'readCsv', item: { fields: ['3'], line: 3 } })
  const letters = manualSink<{ item: unknown }>()
  letters.request(10)
  expect(await readCsv(from([text]), { onError: deadLetter(letters.sink) }).to(toArray()).run()).toEqual([{ a: '1', b: '2' }, { a: '4\n4', b: '5' }])
  expect(letters.values.map(({ item }) => item)).toMatchObject([{ fields: ['3'], line: 3 }, { fields: ['6', '7', '8'], line: 6 }])
})

it.each([
  ['a,b\n1,2\n"3"x,4\n', /line 3: /],
  ['a,b\r\n1,2\r\n5" pipe,4\r\n', /line 3: Invalid Opening Quote.* at line 3,/],
  ['"a\r\n","b"\r\n1,2\r\n5" pipe,4\r\n', /line 4: Invalid Opening Quote.* at line 4,/],
  ['a,b\n1,2\n"3,4\n', /Quote Not Closed/],
  ['a,b\n1,2\n' + 'x'.repeat(2000) + ',1\n', /Max Record Size/],
  ['a,b\n1,2\n"' + 'x'.repeat(200_000), /Max Record Size/],
])('A3: what is no CSV fails with its place, after the rows before (%#)', async (text, message) => {
  writeFileSync(at.path('bad.csv'), text)
  const reader = manualSink<unknown>()
  const run = readCsv(at.path('bad.csv'), { maxRecordSize: 1000 }).to(reader.sink).run()
  reader.request(10)
  await expect(run).rejects.toThrow(CsvError)
  await expect(run).rejects.toThrow(message)
  await expect(run).rejects.toThrow('bad.csv')
  expect(reader.values.map((row) => Object.values(row as Record<string, unknown>))).toEqual([['1', '2']])
})

it('A3: a failure of the source comes after the rows before it, as the same error', async () => {
  const probe = manualSource<string>()
  const seen: unknown[] = []
  const run = readCsv(probe.source).pipe(map((row) => seen.push(row))).to(count()).run()
  // The parser looks ahead a little before it gives a record away.
  probe.emit('a\n1\n2\n333333333333333')
  probe.fail(BOOM)
  await expect(run).rejects.toBe(BOOM)
  expect(seen).toEqual([{ a: '1' }, { a: '2' }])
})

it('two columns of one name are an error', async () => {
  await expect(readCsv(from(['a,b,a\n1,2,3'])).to(count()).run()).rejects.toThrow('two columns are called "a"')
})

it('a column may have any name, and changes no prototype', async () => {
  const [row] = await readCsv(from(['__proto__,constructor,toString\n1,2,3'])).to(toArray()).run()
  expect(Object.entries(row ?? {})).toEqual([['__proto__', '1'], ['constructor', '2'], ['toString', '3']])
  expect(({} as Record<string, unknown>)['1']).toBeUndefined()
  await from([row ?? {}]).to(writeCsv(at.path('out.csv'))).run()
  expect(readFileSync(at.path('out.csv'), 'utf8')).toBe('__proto__,constructor,toString\n1,2,3\n')
  await from([{ a: 1 }]).to(writeCsv(at.path('out.csv'), { columns: ['a', 'constructor'] })).run()
  expect(readFileSync(at.path('out.csv'), 'utf8')).toBe('a,constructor\n1,\n')
})

it('A2, A4: a stopped reader reads a piece at most, and take closes the file', async () => {
  await range(0, 100_000).pipe(map((n) => ({ n, text: 'x'.repeat(20) }))).to(writeCsv(at.path('big.csv'))).run()
  const run = readCsv(at.path('big.csv')).pipe(take(2)).to(toArray()).run()
  expect((await run).map(({ n }) => n)).toEqual(['0', '1'])
  expect(run.stats().stages.find(({ name }) => name === 'readBytes')?.out).toBeLessThanOrEqual(2)
  expect(at.openFiles()).toBe(0)
})

it('writes every kind of field', async () => {
  const row = { s: 'a,b', n: 1.5, t: true, f: false, d: new Date(0), u: undefined, z: null, o: { a: [1] } }
  expect(await from([row, { n: 2, other: 3 }]).to(writeCsv(at.path('out.csv'), { eol: '\r\n' })).run()).toMatchObject({ rows: 2 })
  expect(readFileSync(at.path('out.csv'), 'utf8')).toBe('s,n,t,f,d,u,z,o\r\n"a,b",1.5,true,false,1970-01-01T00:00:00.000Z,,,"{""a"":[1]}"\r\n,2,,,,,,\r\n')
})

it('writes names where there are no rows, and none where it appends', async () => {
  const path = at.path('out.csv')
  await from<Record<string, unknown>>([]).to(writeCsv(path, { columns: ['a', 'b'] })).run()
  expect(readFileSync(path, 'utf8')).toBe('a,b\n')
  await from([{ a: 1, b: 2 }]).to(writeCsv(path, { append: true })).run()
  await from([{ a: '=3', b: 4 }]).to(writeCsv(path, { append: true, escapeFormulas: true })).run()
  expect(readFileSync(path, 'utf8')).toBe("a,b\n1,2\n'=3,4\n")
})

it('A3: a row that is none fails the run, is named, and leaves nothing', async () => {
  const run = from([{ a: 1 }, 3 as never]).to(writeCsv(at.path('out.csv'))).run()
  await expect(run).rejects.toThrow('a row must be')
  expect(run.failure?.item).toBe(3)
  expect(at.names()).toEqual([])
})

it.each([
  () => readCsv('a', { header: 'a' as never }),
  () => readCsv('a', { delimiter: '' }),
  () => readCsv('a', { quote: '' }),
  () => readCsv('a', { maxRecordSize: 0 }),
  () => readCsv('a', { onError: 'x' as never }),
  () => { writeCsv('a', { delimiter: '' }) },
  () => { writeCsv('a', { columns: 'a' as never }) },
  () => { writeCsv('a', { append: true, atomic: true }) },
])('options that cannot work fail when the pipeline is built (%#)', (build) => {
  expect(build).toThrow(OptionError)
})
