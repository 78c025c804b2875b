import { getEventListeners } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { from, OptionError, range, toArray, type Source } from '@sluice/core'
import { source } from '@sluice/core/authoring'
import { manualSource, settle } from '@sluice/testing'
import { fromNode, toNode } from '@sluice/adapters/node-streams'
import { throughLaws } from '../../test/through-laws'
import { compose } from '../../test/compose'

const BOOM = new Error('boom')

describe('the laws of adapters', () => {
  const laws = throughLaws({
    name: 'out through toNode, back through fromNode',
    through: () => (upstream) => fromNode<unknown>(() => toNode(upstream, { highWaterMark: 4 })),
    capacity: 4,
    carries: (value) => value !== null,
    // A stream that is destroyed loses what waits in its buffer.
    overtaken: true,
  })
  for (const { name, run } of laws) it(name, run)
})

describe('A1: everything that reads a Node stream gets every value, in order', () => {
  const numbers = Array.from({ length: 1000 }, (_, i) => i)
  const ways: Record<string, (stream: Readable) => Promise<unknown[]>> = {
    'for await': async (stream) => {
      const taken: unknown[] = []
      for await (const value of stream) taken.push(value)
      return taken
    },
    'data events': async (stream) => {
      const taken: unknown[] = []
      stream.on('data', (value) => taken.push(value))
      await finished(stream)
      return taken
    },
    'readable events': async (stream) => {
      const taken: unknown[] = []
      stream.on('readable', () => {
        for (let value: unknown = stream.read(); value !== null; value = stream.read()) taken.push(value)
      })
      await finished(stream)
      return taken
    },
    'pipeline, with a slow writable': async (stream) => {
      const { writable, taken } = collecting({ objectMode: true, highWaterMark: 3 }, true)
      await pipeline(stream, new PassThrough({ objectMode: true }), writable)
      return taken
    },
    'compose': (stream) => compose(stream, new PassThrough({ objectMode: true })).toArray(),
    'toArray': (stream) => stream.toArray(),
  }
  for (const [name, way] of Object.entries(ways)) {
    it.each([0, 1, 16, 5000])(`${name}, highWaterMark %i`, async (highWaterMark) => {
      expect(await way(toNode(range(0, 1000), { highWaterMark }))).toEqual(numbers)
      expect(await way(toNode(from(slowly(numbers.slice(0, 20))), { highWaterMark }))).toEqual(numbers.slice(0, 20))
    })
  }
  it('bytes and strings', async () => {
    const parts = ['some', '', 'bytes', 'ü']
    const stream = toNode(from(parts), { objectMode: false, highWaterMark: 5 })
    expect(Buffer.concat(await stream.toArray() as Buffer[]).toString()).toBe('somebytesü')
  })
})

describe('A2: the source is asked for what fits', () => {
  it('objects', async () => {
    const probe = manualSource<number>()
    const stream = toNode(probe.source, { highWaterMark: 4 })
    await settle()
    expect(probe.openCount).toBe(0)
    probe.emit(...Array.from({ length: 100 }, (_, i) => i))
    expect(stream.read()).toBe(null)
    await settle()
    expect(probe.delivered).toBe(4)
    expect(stream.read()).toBe(0)
    await settle()
    expect(probe.delivered).toBe(5)
    stream.destroy()
  })
  it('bytes, of which one piece may exceed it', async () => {
    const probe = manualSource<string>()
    const stream = toNode(probe.source, { objectMode: false, highWaterMark: 10 })
    probe.emit('12345', '67890123', '4', '5')
    stream.read()
    await settle()
    expect(probe.delivered).toBe(2)
    stream.destroy()
  })
})

describe('A3: errors', () => {
  it('of the source arrive as they are, wherever somebody listens', async () => {
    await expect(toNode(failing()).toArray()).rejects.toBe(BOOM)
    await expect(pipeline(toNode(failing()), new PassThrough({ objectMode: true }), collecting({ objectMode: true }).writable)).rejects.toBe(BOOM)
    const stream = toNode(failing())
    const seen: unknown[] = []
    stream.on('error', (error) => seen.push(error)).resume()
    await finished(stream).catch(() => {})
    await settle()
    expect(seen).toEqual([BOOM])
    expect(stream.errored).toBe(BOOM)
  })
  it('of a writable further on reach the source', async () => {
    const probe = manualSource<number>()
    const writable = new Writable({ objectMode: true, write(_chunk, _encoding, done) { done(BOOM) } })
    const piped = pipeline(toNode(probe.source), writable)
    probe.emit(1)
    await expect(piped).rejects.toBe(BOOM)
    await settle()
    expect(probe.closed).toEqual({ status: 'cancelled', reason: BOOM })
  })
  it('null among the values is one, and so is what is no piece of bytes', async () => {
    await expect(toNode(from([1, null])).toArray()).rejects.toThrow('null is the end of a Node stream')
    await expect(toNode(from([{}]), { objectMode: false }).toArray()).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
  })
  it('of a cleanup come instead of the end', async () => {
    const closing = source<number>('closing', () => ({ pull: () => -2, close() { throw BOOM } }))
    await expect(toNode(closing).toArray()).rejects.toBe(BOOM)
  })
  it('that are nothing are told all the same', async () => {
    const nothing = source<number>('nothing', () => ({ pull() { throw undefined } }))
    await expect(toNode(nothing).toArray()).rejects.toThrow('nothing to say why')
  })
})

describe('A4: destroy aborts the run, and close comes when it has cleaned up', () => {
  const slowToClose = (told: unknown[]) => source<number>('slow', () => ({
    pull: (into) => ((into[0] = 1), 1),
    async close(outcome) {
      await settle()
      told.push(outcome.status)
    },
  }))
  it('leaving for await', async () => {
    const told: unknown[] = []
    const stream = toNode(slowToClose(told))
    for await (const value of stream) {
      expect(value).toBe(1)
      break
    }
    await finished(stream).catch(() => {})
    expect(told).toEqual(['cancelled'])
  })
  it('destroy with an error, which is the only one', async () => {
    const told: unknown[] = []
    const stream = toNode(slowToClose(told))
    stream.read()
    await settle()
    stream.destroy(BOOM)
    await expect(finished(stream)).rejects.toBe(BOOM)
    expect(told).toEqual(['cancelled'])
  })
  it('destroy without an error tells that of a cleanup that failed', async () => {
    const failing = source<number>('failing', () => ({ pull: (into) => ((into[0] = 1), 1), close() { throw BOOM } }))
    const stream = toNode(failing)
    stream.read()
    await settle()
    stream.destroy()
    await expect(finished(stream)).rejects.toBe(BOOM)
  })
  it('before anybody has read: nothing is opened', async () => {
    const probe = manualSource<number>()
    const stream = toNode(probe.source)
    stream.destroy()
    await finished(stream).catch(() => {})
    stream.read()
    await settle()
    expect(probe.openCount).toBe(0)
  })
  it('a signal of the run destroys it', async () => {
    const controller = new AbortController()
    const stream = toNode(manualSource<number>().source, { signal: controller.signal })
    const reading = stream.toArray()
    await settle()
    controller.abort(BOOM)
    await expect(reading).rejects.toBe(BOOM)
    expect(getEventListeners(controller.signal, 'abort')).toEqual([])
  })
})

it('A5: nothing of a thousand streams that were read or left is kept', async () => {
  const streams: WeakRef<Readable>[] = []
  for (let i = 0; i < 1000; i++) {
    const stream = toNode(range(0, 3))
    streams.push(new WeakRef(stream))
    if (i % 2) stream.read()
    if (i % 2) stream.destroy()
    else await stream.toArray()
  }
  await settle()
  globalThis.gc?.()
  expect(streams.filter((stream) => stream.deref() !== undefined).length).toBeLessThan(10)
})

it('A7: where both fail at once, one error arrives', async () => {
  const probe = manualSource<number>()
  const stream = toNode(probe.source)
  const seen: unknown[] = []
  stream.on('error', (error) => seen.push(error)).on('close', () => seen.push('close')).read()
  await settle()
  probe.fail(new Error('other'))
  stream.destroy(BOOM)
  await settle()
  expect(seen).toEqual([BOOM, 'close'])
})

it('ends when everything was cleaned up', async () => {
  const order: string[] = []
  const closing = source<number>('closing', () => ({
    pull: () => -2,
    async close() {
      await settle()
      order.push('closed')
    },
  }))
  await toNode(closing).on('end', () => order.push('end')).toArray()
  expect(order).toEqual(['closed', 'end'])
})

it('says at once which option cannot work', () => {
  expect(() => toNode(range(0, 1), { highWaterMark: -1 })).toThrow(OptionError)
  expect(() => toNode(range(0, 1), { highWaterMark: 1.5 })).toThrow(OptionError)
})

it('is a source again', async () => {
  expect(await fromNode(toNode(range(0, 3))).to(toArray()).run()).toEqual([0, 1, 2])
})

function failing(): Source<number> {
  let at = 0
  return source<number>('failing', () => ({
    pull(into) {
      if (at === 2) throw BOOM
      into[0] = at++
      return 1
    },
  }))
}

function collecting(options: object, slow = false) {
  const taken: unknown[] = []
  const writable = new Writable({
    ...options,
    write(chunk, _encoding, done) {
      taken.push(chunk)
      if (slow) setImmediate(done)
      else done()
    },
  })
  return { writable, taken }
}

async function* slowly<T>(values: readonly T[]): AsyncGenerator<T> {
  for (const value of values) {
    await settle(1)
    yield value
  }
}
