import { writeFileSync } from 'node:fs'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { count, deadLetter, from, OptionError, toArray } from '@sluice/core'
import { NdjsonError, readNdjson, writeNdjson } from '@sluice/adapters/files'
import { manualSink } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let at: Folder
beforeEach(() => { at = folder() })
afterEach(() => {
  expect(at.openFiles()).toBe(0)
  at.remove()
})

it('A3: a line that is no JSON fails the run with file and line, after the values before', async () => {
  writeFileSync(at.path('a.ndjson'), '1\n\n  \r\n{"a":\n5')
  const reader = manualSink<unknown>()
  const run = readNdjson(at.path('a.ndjson')).to(reader.sink).run()
  reader.request(10)
  const error: unknown = await run.then(undefined, (reason: unknown) => reason)
  expect(error).toBeInstanceOf(NdjsonError)
  expect(error).toMatchObject({ path: at.path('a.ndjson'), line: 4, cause: expect.any(SyntaxError) as unknown })
  expect(run.failure).toMatchObject({ stage: 'readNdjson', item: { text: '{"a":', line: 4 } })
  expect(reader.values).toEqual([1])
})

it('A3: onError decides: skip, dead letter', async () => {
  const text = ['1\nx\n3\ny\n']
  expect(await readNdjson(from(text), { onError: 'skip' }).to(toArray()).run()).toEqual([1, 3])
  const letters = manualSink<{ item: unknown; error: unknown }>()
  letters.request(10)
  expect(await readNdjson(from(text), { onError: deadLetter(letters.sink) }).to(toArray()).run()).toEqual([1, 3])
  expect(letters.values.map(({ item }) => item)).toEqual([{ text: 'x', line: 2 }, { text: 'y', line: 4 }])
  expect(letters.values.map(({ error }) => (error as NdjsonError).line)).toEqual([2, 4])
})

it.each([
  '{"__proto__":{"polluted":1},"a":1}',
  '{"\\u005f_proto__":{"polluted":1},"a":1}',
  '{"b":[{"__proto__" : {"polluted":1}}],"a":1}',
  '{"__proto__":null,"a":1}',
])('a key __proto__ changes no prototype: %s', async (line) => {
  const [value] = await readNdjson<{ a: number; b?: object[] }>(from([line])).to(toArray()).run()
  expect(Object.getPrototypeOf(value)).toBe(Object.prototype)
  const copy = Object.assign({}, value, value?.b?.[0]) as { a: number; polluted?: number }
  expect(Object.getPrototypeOf(copy)).toBe(Object.prototype)
  expect(copy.polluted).toBeUndefined()
  expect(copy.a).toBe(1)
})

it('a text that only speaks of __proto__ is as it was', async () => {
  expect(await readNdjson(from(['{"a":"__proto__"}'])).to(toArray()).run()).toEqual([{ a: '__proto__' }])
})

it('depth and length do no harm', async () => {
  const deep = '['.repeat(100_000) + ']'.repeat(100_000)
  expect(await readNdjson(from([deep])).to(count()).run()).toBe(1)
  await expect(readNdjson(from(['"' + 'x'.repeat(5000) + '"']), { maxLineLength: 1000 }).to(count()).run()).rejects.toThrow('line 1: longer')
})

it.each([undefined, () => {}, 10n])('A3: a value without a JSON text fails the run and leaves nothing (%s)', async (value) => {
  const run = from([1, value]).to(writeNdjson(at.path('out.ndjson'))).run()
  await expect(run).rejects.toThrow(TypeError)
  expect(run.failure?.item).toBe(value)
  expect(at.names()).toEqual([])
})

it('A6: values of several lines and line ends in strings', async () => {
  const values = [{ a: 'x\ny\r\n\u2028' }, [], 'text', null, 1.5]
  expect(await from(values).to(writeNdjson(at.path('out.ndjson.gz'))).run()).toMatchObject({ lines: 5 })
  expect(await readNdjson(at.path('out.ndjson.gz')).to(toArray()).run()).toEqual(values)
})

it('options that cannot work fail when the pipeline is built', () => {
  expect(() => readNdjson('a', { onError: 'ignore' as never })).toThrow(OptionError)
  expect(() => readNdjson('')).toThrow(OptionError)
  expect(() => writeNdjson('')).toThrow(OptionError)
})
