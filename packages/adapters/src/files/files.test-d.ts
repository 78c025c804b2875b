import { expectTypeOf, it } from 'vitest'
import { from, type Pipeline, type Source } from '@sluice/core'
import {
  readBytes, readCsv, readLines, readNdjson, tail, writeBytes, writeCsv, writeLines, writeNdjson,
  type CsvRow, type WrittenFile, type WrittenLines,
} from './index'

it('reads what a file has', () => {
  expectTypeOf(readBytes('a')).toEqualTypeOf<Source<Uint8Array>>()
  expectTypeOf(readLines('a')).toEqualTypeOf<Source<string>>()
  expectTypeOf(tail('a')).toEqualTypeOf<Source<string>>()
  expectTypeOf(readCsv('a')).toEqualTypeOf<Source<CsvRow>>()
  expectTypeOf(readCsv('a', { header: ['x'] })).toEqualTypeOf<Source<CsvRow>>()
  expectTypeOf(readCsv('a', { header: false })).toEqualTypeOf<Source<readonly string[]>>()
  expectTypeOf(readNdjson('a')).toEqualTypeOf<Source<unknown>>()
  expectTypeOf(readNdjson<{ readonly id: number }>('a')).toEqualTypeOf<Source<{ readonly id: number }>>()
})

it('tells what it has written', () => {
  expectTypeOf(from(['a']).to(writeBytes('a'))).toEqualTypeOf<Pipeline<WrittenFile>>()
  expectTypeOf(from(['a']).to(writeLines('a'))).toEqualTypeOf<Pipeline<WrittenLines>>()
  expectTypeOf(from([{ id: 1 }]).to(writeNdjson('a'))).toEqualTypeOf<Pipeline<WrittenLines>>()
  from([{ id: 1 }]).to(writeCsv('a'))
  // @ts-expect-error: a line is a text
  from([1]).to(writeLines('a'))
})
