// A2, with sizes that people have: a gigabyte on one side, a reader that has stopped on the other.
import { open } from 'node:fs/promises'
import { PassThrough, Readable, Writable } from 'node:stream'
import { expect, it } from 'vitest'
import { range, reduce, type Pipeline, type Source } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { readBytes } from '@sluice/adapters/files'
import { asDuplex, fromNode, throughNode, toNode, toNodeWritable } from '@sluice/adapters/node-streams'
import { asTransform, asWritable, fromReadable, throughTransform, toReadable, toWritable } from '@sluice/adapters/web-streams'
import { map, tap } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { folder } from '../test/folder'

const CHUNK = 64 * 1024
const GIGABYTE = 1024 ** 3

/** How much of a gigabyte was made. */
interface Made {
  bytes: number
}

const chunk = (made: Made): Uint8Array => {
  made.bytes += CHUNK
  return new Uint8Array(CHUNK)
}
const gigabyte = (made: Made): Source<Uint8Array> => range(0, GIGABYTE / CHUNK).pipe(map(() => chunk(made)))

/** Takes one chunk and never comes back for more. */
const stopped = (): Writable => new Writable({ highWaterMark: CHUNK, write() {} })
const stoppedWeb = (): WritableStream<Uint8Array> => new WritableStream({
  write: (_chunk, controller) => new Promise((resolve) => {
    // The types of Node leave the signal out.
    const { signal } = controller as unknown as { readonly signal: AbortSignal }
    signal.addEventListener('abort', () => { resolve() })
  }),
})
const stoppedSink = <T>() => sink<T, void>('stopped', () => ({ write: () => new Promise<void>(() => {}), end() {} }))
/** What is in front of the bridge is asked for one chunk at a time, so that only the bridge itself reads ahead. */
const slowly = <T>(source: Source<T>): Pipeline<void> => source.to({ open: (scope, stage) => ({ ...stoppedSink<T>().open(scope, stage), demand: () => 1 }) })

const bridges: Record<string, (made: Made) => { readonly done: () => unknown }> = {
  'fromReadable': (made) => running(slowly(fromReadable(new ReadableStream<Uint8Array>({ pull(controller) { controller.enqueue(chunk(made)) } })))),
  'toReadable': (made) => {
    const readable = toReadable(gigabyte(made))
    void readable.getReader().read()
    return { done: () => {} }
  },
  'toWritable': (made) => running(gigabyte(made).to(toWritable(stoppedWeb()))),
  'asWritable': (made) => {
    const { writable, run } = asWritable((source: Source<Uint8Array>) => slowly(source))
    run.then(() => {}, () => {})
    const stop = new AbortController()
    toReadable(gigabyte(made)).pipeTo(writable, { signal: stop.signal }).catch(() => {})
    return { done: () => { stop.abort() } }
  },
  'throughTransform': (made) => running(slowly(gigabyte(made).pipe(throughTransform(() => new TransformStream())))),
  'asTransform': (made) => {
    const through = toReadable(gigabyte(made)).pipeThrough(asTransform(tap<Uint8Array>(() => {})))
    const reader = through.getReader()
    void reader.read()
    return { done: async () => { await reader.cancel(new Error('enough')) } }
  },
  'fromNode': (made) => running(slowly(fromNode(new Readable({ highWaterMark: CHUNK, read() { this.push(chunk(made)) } })))),
  'toNode': (made) => {
    const stream = toNode(gigabyte(made), { objectMode: false })
    stream.once('readable', () => { stream.read(1) })
    return { done: () => { stream.destroy() } }
  },
  'toNodeWritable': (made) => running(gigabyte(made).to(toNodeWritable(stopped()))),
  'throughNode': (made) => running(slowly(gigabyte(made).pipe(throughNode(() => new PassThrough({ highWaterMark: CHUNK }))))),
  'asDuplex': (made) => {
    const source = new Readable({ highWaterMark: CHUNK, read() { this.push(chunk(made)) } })
    const end = stopped()
    source.pipe(asDuplex(tap<Uint8Array>(() => {}), { objectMode: false })).pipe(end)
    return { done: () => { source.destroy() } }
  },
}

function running(pipeline: Pipeline<unknown>): { readonly done: () => Promise<void> } {
  const run = pipeline.run()
  run.then(() => {}, () => {})
  return { done: () => run.abort() }
}

it.each(Object.keys(bridges))('A2: %s: of a gigabyte behind a stopped reader less than two megabytes are read', async (name) => {
  const made = { bytes: 0 }
  const bridge = bridges[name]?.(made)
  let before = -1
  while (made.bytes !== before || before === 0) {
    before = made.bytes
    await settle(20)
  }
  expect(made.bytes).toBeGreaterThan(0)
  expect(made.bytes).toBeLessThan(2 * 1024 ** 2)
  await bridge?.done()
})

it('A2: a file of a gigabyte is read in the memory of a few chunks', async () => {
  const { path, remove } = folder()
  const file = await open(path('gigabyte'), 'w')
  await file.truncate(GIGABYTE)
  await file.close()
  const before = process.memoryUsage().arrayBuffers
  let most = 0
  const measured = readBytes(path('gigabyte')).pipe(tap(() => { most = Math.max(most, process.memoryUsage().arrayBuffers - before) }))
  expect(await measured.to(reduce((sum: number, { length }) => sum + length, 0)).run()).toBe(GIGABYTE)
  expect(most).toBeLessThan(64 * 1024 ** 2)
  remove()
  // A disk under load has its own idea of how long a gigabyte takes.
}, 60_000)
