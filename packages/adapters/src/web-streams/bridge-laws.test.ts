import { describe, it } from 'vitest'
import { BoundedQueue, from, toQueue, type Operator } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import type { LawCase } from '@sluice/testing'
import { asTransform, asWritable, fromReadable, throughTransform, toReadable, toWritable } from '@sluice/adapters/web-streams'
import { bridgeLaws, type BridgeEntry } from '../../test/bridge-laws'
import { sinkEnd, sourceEnd } from '../../test/ends/pipeline-ends'
import { readerEnd, writerEnd } from '../../test/ends/web-stream-ends'
import { passageLaws } from '../../test/passage-laws'
import { throughLaws } from '../../test/through-laws'

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

const register = (laws: readonly LawCase[]): void => { for (const { name, run } of laws) it(name, run) }

describe.each(entries)('$name under law', (entry) => { register(bridgeLaws(entry)) })

describe.each([0, 1, 2, 7])('there and back again, highWaterMark %i', (highWaterMark) => {
  const writableStrategy = { highWaterMark }
  register(throughLaws({
    name: 'toReadable',
    through: () => (upstream) => fromReadable(toReadable(upstream, { highWaterMark })),
    capacity: highWaterMark,
    eager: true,
  }))
  register(throughLaws({
    name: 'asTransform',
    through: () => throughTransform(() => asTransform(same(), { readableStrategy: { highWaterMark }, writableStrategy })),
    // Where the mark is 0, one value at a time is written.
    capacity: Math.max(1, highWaterMark) + highWaterMark,
  }))
  register(passageLaws({
    name: 'asWritable',
    open() {
      const queue = new BoundedQueue<unknown>({ capacity: 2 })
      const { writable, run } = asWritable<unknown, number>((source) => source.to(toQueue(queue)), writableStrategy)
      run.then(() => {}, () => {})
      return { sink: toWritable(writable), source: from(queue), held: () => (run.status === 'running' || writable.locked ? 1 : 0), close: () => run.abort() }
    },
  }))
})
