import { deserialize, serialize } from 'node:v8'
import { it } from 'vitest'
import { type Sink, type Source } from '@sluice/core'
import { expanding, mapping } from '@sluice/core/authoring'
import { readBytes, readCsv, readLines, readNdjson, writeBytes, writeCsv, writeLines, writeNdjson } from '@sluice/adapters/files'
import { passageLaws } from '../../test/passage-laws'
import { encoding } from '../../test/encoding'
import { folder } from '../../test/folder'

const toText = (value: unknown): string => serialize(value).toString('base64')
const toValue = (text: string): unknown => deserialize(Buffer.from(text, 'base64')) as unknown

/** Frames cut anyhow, so that pieces are no values. */
const frames = () => expanding<Uint8Array, unknown>('frames', () => {
  let rest: Uint8Array = Buffer.alloc(0)
  return (piece) => {
    const all = Buffer.concat([rest, piece])
    const values: unknown[] = []
    let at = 0
    for (; at + 4 <= all.length && at + 4 + all.readUInt32LE(at) <= all.length; at += 4 + all.readUInt32LE(at)) {
      values.push(deserialize(all.subarray(at + 4, at + 4 + all.readUInt32LE(at))))
    }
    rest = all.subarray(at)
    return values
  }
})
const toFrame = (value: unknown): Uint8Array => {
  const body = serialize(value)
  const head = Buffer.alloc(4)
  head.writeUInt32LE(body.length)
  return Buffer.concat([head, body])
}

interface World {
  readonly name: string
  readonly file: string
  readonly sink: (path: string) => Sink<unknown, unknown>
  readonly source: (path: string) => Source<unknown>
}

const WORLDS: readonly World[] = [
  ...['out.txt', 'out.txt.gz'].map((file): World => ({
    name: `writeLines and readLines of ${file}`, file,
    sink: (path) => encoding(writeLines(path), toText),
    source: (path) => readLines(path).pipe(mapping('decode', () => toValue)),
  })),
  ...['out.bin', 'out.bin.gz'].map((file): World => ({
    name: `writeBytes and readBytes of ${file}`, file,
    sink: (path) => encoding(writeBytes(path), toFrame),
    source: (path) => readBytes(path, file.endsWith('gz') ? {} : { chunkSize: 7 }).pipe(frames()),
  })),
  {
    name: 'writeNdjson and readNdjson', file: 'out.ndjson',
    sink: (path) => encoding(writeNdjson(path), (value) => ({ value: toText(value), json: value })),
    source: (path) => readNdjson<{ value: string }>(path).pipe(mapping('decode', () => ({ value }) => toValue(value))),
  },
  ...[true, false].map((named): World => ({
    name: `writeCsv and readCsv of ${named ? 'rows with names' : 'lists'}`, file: 'out.csv',
    sink: (path) => encoding(writeCsv(path), (value) => (named ? { 'a "b",\n c': 'x, "y"\r\n z', value: toText(value) } : ['"', toText(value)])),
    source: (path) => (named
      ? readCsv(path).pipe(mapping('decode', () => ({ value }) => toValue(value ?? '')))
      : readCsv(path, { header: false }).pipe(mapping('decode', () => ([, value]) => toValue(value ?? '')))),
  })),
]

for (const world of WORLDS) {
  for (const { name, run } of passageLaws({
    name: world.name,
    inTurn: true,
    open() {
      const { path, names, openFiles, remove } = folder()
      const file = path(world.file)
      return {
        sink: world.sink(file),
        source: world.source(file),
        held: () => openFiles() + names().filter((found) => found !== world.file).length,
        close: remove,
      }
    },
  })) it(name, run)
}
