import { describe, it } from 'vitest'
import { mapping, type Operator } from '@sluice/core'
import { asTransform, asWritable, toReadable } from '@sluice/adapters/web-streams'
import { bridgeLaws, type BridgeEntry } from '../../test/bridge-laws'
import { sinkEnd, sourceEnd } from '../../test/ends/pipeline-ends'
import { readerEnd, writerEnd } from '../../test/ends/web-stream-ends'

const same = (): Operator<unknown, unknown> => mapping('same', () => (value: unknown) => value)

const entries: BridgeEntry[] = [
  {
    name: 'toReadable',
    open(highWaterMark, signal) {
      const into = sourceEnd()
      return { into, outOf: readerEnd(toReadable(into.source, { highWaterMark, signal })) }
    },
    ahead: (highWaterMark) => highWaterMark,
  },
  {
    name: 'asWritable',
    open(highWaterMark, signal) {
      let writable!: WritableStream<unknown>
      const outOf = sinkEnd((sink) => {
        const made = asWritable<unknown, void>((source) => source.to(sink), { highWaterMark, signal })
        writable = made.writable
        return made.run
      })
      return { into: writerEnd(writable), outOf }
    },
    // A write is answered when its value was taken.
    ahead: () => 0,
    // It fails by an abort of the stream.
    valuesFirst: false,
  },
  {
    name: 'asTransform',
    open(highWaterMark, signal) {
      const { readable, writable } = asTransform(same(), { readableStrategy: { highWaterMark }, writableStrategy: { highWaterMark }, signal })
      return { into: writerEnd(writable), outOf: readerEnd(readable) }
    },
    ahead: (highWaterMark) => highWaterMark,
    valuesFirst: false,
  },
]

describe.each(entries)('$name under law', (entry) => {
  for (const { name, run } of bridgeLaws(entry)) it(name, run)
})
