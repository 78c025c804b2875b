import { getEventListeners } from 'node:events'
import { createWriteStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PassThrough, Writable, type WritableOptions } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { from, OptionError, range, type Source } from '@sluice/core'
import { source } from '@sluice/core/authoring'
import { manualSource, settle, sinkLaws, trackedSource } from '@sluice/testing'
import { toNodeWritable } from '@sluice/adapters/node-streams'
import { compose } from '../../test/compose'

const BOOM = new Error('boom')

describe('toNodeWritable under the laws of sinks', () => {
  // The values of the laws contain null, which is the end of a Node stream and so cannot be written to one.
  const boxed = (): Writable => new Writable({ objectMode: true, write(_chunk, _encoding, done) { done() } })
  const laws = sinkLaws({
    name: 'toNodeWritable',
    make: () => {
      const writing = toNodeWritable<unknown>(boxed)
      return {
        ...writing,
        open(scope, stage) {
          const intake = writing.open(scope, stage)
          return {
            settles: true,
            demand: () => intake.demand?.() ?? 0,
            write: (values, count, tickets) => intake.write(values.slice(0, count).map((value) => [value]), count, tickets),
            end: () => intake.end(),
            abort: (reason) => intake.abort?.(reason),
          }
        },
      }
    },
    expected: (values) => values.length,
  })
  for (const { name, run } of laws) it(name, run)
})

describe('A1: writes every value, in order, and answers how many', () => {
  it.each([1, 16, 1000])('slowly, highWaterMark %i', async (highWaterMark) => {
    const { writable, taken } = collecting({ objectMode: true, highWaterMark })
    expect(await range(0, 100).to(toNodeWritable(writable)).run()).toBe(100)
    expect(taken).toEqual(Array.from({ length: 100 }, (_, i) => i))
    expect(writable.closed).toBe(true)
  })
  it('to a file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-node-'))
    const path = join(folder, 'out.txt')
    const lines = Array.from({ length: 20_000 }, (_, i) => `line ${i}\n`)
    expect(await from(lines).to(toNodeWritable(() => createWriteStream(path))).run()).toBe(20_000)
    expect(await readFile(path, 'utf8')).toBe(lines.join(''))
    await rm(folder, { recursive: true })
  })
  it('to composed streams', async () => {
    const { writable, taken } = collecting({ objectMode: true })
    expect(await range(0, 50).to(toNodeWritable<number>(compose(new PassThrough({ objectMode: true }), writable))).run()).toBe(50)
    expect(taken.length).toBe(50)
  })
})

describe('A2: nothing is pulled for which there is no room', () => {
  it('objects', async () => {
    const { writable, release } = held({ objectMode: true, highWaterMark: 3 })
    const probe = manualSource<number>()
    const run = probe.source.to(toNodeWritable(writable)).run()
    probe.emit(...Array.from({ length: 100 }, (_, i) => i))
    await settle()
    expect(probe.delivered).toBe(3)
    expect(writable.writableLength).toBe(3)
    release()
    await settle()
    // Only `drain` says that there is room again: when all three are written.
    expect(probe.delivered).toBe(3)
    release()
    release()
    await settle()
    expect(probe.delivered).toBe(6)
    await run.abort()
  })
  it('bytes, of which one piece may exceed it', async () => {
    const { writable } = held({ highWaterMark: 10 })
    const probe = manualSource<string>()
    const run = probe.source.to(toNodeWritable(writable)).run()
    probe.emit('12345', '678901', '2', '3')
    await settle()
    expect(probe.delivered).toBe(2)
    await run.abort()
  })
  it('of a stream that was full before', async () => {
    const { writable, release } = held({ objectMode: true, highWaterMark: 1 })
    writable.write(0)
    const probe = manualSource<number>()
    const run = probe.source.to(toNodeWritable(writable)).run()
    probe.emit(1)
    await settle()
    expect(probe.delivered).toBe(0)
    release()
    await settle()
    expect(probe.delivered).toBe(1)
    await run.abort()
  })
})

describe('A3: a stream that fails fails the run, with its error, once', () => {
  const ways: Record<string, WritableOptions> = {
    'in write': { write(_chunk, _encoding, done) { done(BOOM) } },
    'in write, later': { write(_chunk, _encoding, done) { setImmediate(done, BOOM) } },
    'in final': { write(_chunk, _encoding, done) { done() }, final(done) { done(BOOM) } },
    'while closing': { write(_chunk, _encoding, done) { done() }, destroy(_error, done) { done(BOOM) } },
    'by a throw': { write() { throw BOOM } },
  }
  it.each(Object.entries(ways))('%s', async (_name, options) => {
    const run = range(0, 100).to(toNodeWritable(() => new Writable({ objectMode: true, ...options }))).run()
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(run.failure).toMatchObject({ stage: 'toNodeWritable', suppressed: [] })
  })
  it('while no value comes', async () => {
    const { writable } = held({ objectMode: true })
    const probe = manualSource<number>()
    const run = probe.source.to(toNodeWritable(writable)).run()
    await settle()
    writable.destroy(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(probe.closed).toEqual({ status: 'failed', error: BOOM })
  })
  it('closed early without one: ERR_STREAM_PREMATURE_CLOSE, also with writes inside', async () => {
    for (const [values, corked] of [[[]], [[1, 2]], [[1, 2], true]] as const) {
      const { writable } = held({ objectMode: true })
      // Then Node tells the writes of it before it tells of the close.
      if (corked) writable.cork()
      const probe = manualSource<number>()
      const run = probe.source.to(toNodeWritable(writable)).run()
      probe.emit(...values)
      await settle()
      writable.destroy()
      await expect(Promise.resolve(run)).rejects.toMatchObject({ code: 'ERR_STREAM_PREMATURE_CLOSE' })
    }
  })
  it('ended by somebody else: the next write says so, full or not', async () => {
    for (const highWaterMark of [1, 16]) {
      const { writable, release } = held({ objectMode: true, highWaterMark })
      const probe = manualSource<number>()
      const run = probe.source.to(toNodeWritable(writable)).run()
      probe.emit(1)
      await settle()
      writable.end()
      release()
      await settle()
      probe.emit(2)
      await expect(Promise.resolve(run)).rejects.toMatchObject({ code: expect.stringMatching(/WRITE_AFTER_END|DESTROYED/) as unknown })
    }
  })
  it('destroyed before the first value', async () => {
    const { writable } = collecting({ objectMode: true })
    const run = range(0, 3).to(toNodeWritable(writable)).run()
    run.pause()
    writable.destroy(BOOM)
    await settle()
    run.resume()
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
  })
  it('destroyed before the run', async () => {
    const { writable } = collecting({ objectMode: true })
    writable.on('error', () => {}).destroy(BOOM)
    await settle()
    await expect(Promise.resolve(range(0, 3).to(toNodeWritable(writable)).run())).rejects.toBe(BOOM)
  })
  it('a null, and what is no piece of bytes, with the item', async () => {
    const run = from([1, null]).to(toNodeWritable<unknown>(() => collecting({ objectMode: true }).writable)).run()
    await expect(Promise.resolve(run)).rejects.toMatchObject({ code: 'ERR_STREAM_NULL_VALUES' })
    expect(run.failure?.item).toBe(null)
    await expect(Promise.resolve(from([{}]).to(toNodeWritable<unknown>(() => collecting({}).writable)).run())).rejects.toMatchObject({ code: 'ERR_INVALID_ARG_TYPE' })
  })
  it('a failure of the source destroys the stream with it', async () => {
    const { writable, destroyed } = collecting({ objectMode: true })
    await expect(Promise.resolve(failing().to(toNodeWritable(writable)).run())).rejects.toBe(BOOM)
    expect(destroyed).toEqual([BOOM])
  })
  it('and what it says of the writes inside is no error beside it', async () => {
    const { writable } = held({ objectMode: true })
    writable.cork()
    const probe = manualSource<number>()
    const run = probe.source.to(toNodeWritable(writable)).run()
    probe.emit(1, 2)
    await settle()
    probe.fail(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(run.failure?.suppressed).toEqual([])
  })
})

describe('A4: an abort destroys the stream, and waits for its close', () => {
  it('with the reason', async () => {
    const { writable, destroyed } = held({ objectMode: true })
    const run = range(0).to(toNodeWritable(writable)).run()
    await settle()
    await run.abort(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(destroyed).toEqual([BOOM])
    expect(writable.closed).toBe(true)
  })
  it('while it ends', async () => {
    const writable = new Writable({ objectMode: true, write(_chunk, _encoding, done) { done() }, final() {} })
    const run = range(0, 3).to(toNodeWritable(writable)).run()
    await settle()
    await run.abort(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(writable.closed).toBe(true)
  })
  it('before it was written to', async () => {
    const { writable } = held({ objectMode: true })
    const run = range(0).to(toNodeWritable(writable)).run()
    await run.abort(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(writable.closed).toBe(true)
  })
})

describe('what becomes of the stream', () => {
  it('preventClose leaves it open, when all was written', async () => {
    const { writable, taken } = collecting({ objectMode: true })
    for (let i = 0; i < 3; i++) expect(await range(i * 10, 10).to(toNodeWritable(writable, { preventClose: true })).run()).toBe(10)
    expect(taken.length).toBe(30)
    expect(writable.writable).toBe(true)
    expect(listenersOf(writable)).toBe(0)
  })
  it('preventClose hears of a failure while it waits for what was written', async () => {
    const writable = new Writable({ objectMode: true, write(_chunk, _encoding, done) { setImmediate(done, BOOM) } })
    await expect(Promise.resolve(range(0, 3).to(toNodeWritable(writable, { preventClose: true })).run())).rejects.toBe(BOOM)
  })
  it('preventAbort leaves it as it is', async () => {
    const { writable } = collecting({ objectMode: true })
    await expect(Promise.resolve(failing().to(toNodeWritable(writable, { preventAbort: true })).run())).rejects.toBe(BOOM)
    expect(writable.destroyed).toBe(false)
    expect(listenersOf(writable)).toBe(0)
  })
  it('the standard streams are never ended', async () => {
    expect(await from(['']).to(toNodeWritable(process.stdout)).run()).toBe(1)
    expect(process.stdout.writableEnded).toBe(false)
  })
})

it('A5: no listener is left, and a hundred runs into one stream warn of none', async () => {
  const { writable } = collecting({ objectMode: true })
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning)
  process.on('warning', onWarning)
  for (let i = 0; i < 100; i++) await range(0, 3).to(toNodeWritable(writable, { preventClose: true })).run()
  await range(0, 3).to(toNodeWritable(writable)).run()
  await settle()
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  expect(listenersOf(writable)).toBe(0)
})

describe('T1, T4: a value is dealt with when the stream has written it', () => {
  it('not before', async () => {
    const tracked = trackedSource([1, 2, 3])
    const { writable, release } = held({ objectMode: true })
    const run = tracked.source.to(toNodeWritable(writable)).run()
    await settle()
    expect(tracked.statuses).toEqual([undefined, undefined, undefined])
    release()
    await settle()
    expect(tracked.statuses).toEqual(['ack', undefined, undefined])
    release()
    release()
    await run
    expect(tracked.settlements).toEqual([1, 1, 1])
  })
  it('what it could not write is given back', async () => {
    const tracked = trackedSource([1, 2, 3])
    const { writable, release } = held({ objectMode: true })
    const run = tracked.source.to(toNodeWritable(writable)).run()
    await settle()
    release()
    await settle()
    writable.destroy(BOOM)
    await expect(Promise.resolve(run)).rejects.toBe(BOOM)
    expect(tracked.statuses).toEqual(['ack', 'nack', 'nack'])
    expect(tracked.settlements).toEqual([1, 1, 1])
  })
})

it('A7: where source and stream fail at once, the run settles once', async () => {
  const { writable } = held({ objectMode: true })
  const probe = manualSource<number>()
  const run = probe.source.to(toNodeWritable(writable)).run()
  await settle()
  probe.fail(new Error('other'))
  writable.destroy(BOOM)
  const error: unknown = await run.then(undefined, (failure: unknown) => failure)
  expect(['other', 'boom']).toContain((error as Error).message)
  await settle()
})

it('A8: a stop ends the stream with what was read', async () => {
  const { writable, taken } = collecting({ objectMode: true })
  const probe = manualSource<number>()
  const run = probe.source.to(toNodeWritable(writable)).run()
  probe.emit(1, 2)
  await settle()
  expect(await run.stop()).toMatchObject({ status: 'completed', finished: 2 })
  expect(taken).toEqual([1, 2])
  expect(writable.writableFinished).toBe(true)
})

it('says at once what is no stream', () => {
  for (const wrong of [undefined, null, 1, {}, { write() {} }]) expect(() => toNodeWritable(wrong as unknown as Writable)).toThrow(OptionError)
})

function collecting(options: WritableOptions) {
  const taken: unknown[] = []
  const destroyed: unknown[] = []
  const writable = new Writable({
    ...options,
    write(chunk, _encoding, done) {
      taken.push(chunk)
      setImmediate(done)
    },
    destroy(error, done) {
      destroyed.push(error)
      done(error)
    },
  })
  return { writable, taken, destroyed }
}

/** A stream that writes one value each time it is told to. */
function held(options: WritableOptions) {
  let waiting: (() => void) | undefined
  let allowed = 0
  const destroyed: unknown[] = []
  const release = (): void => {
    allowed++
    while (allowed > 0 && waiting) {
      allowed--
      const done = waiting
      waiting = undefined
      done()
    }
  }
  const writable = new Writable({
    ...options,
    write(_chunk, _encoding, done) { waiting = done },
    destroy(error, done) {
      destroyed.push(error)
      setImmediate(done, error)
    },
  })
  return { writable, release, destroyed }
}

function failing(): Source<number> {
  return source<number>('failing', () => {
    let at = 0
    return {
      pull(into) {
        if (at === 2) throw BOOM
        into[0] = at++
        return 1
      },
    }
  })
}

function listenersOf(stream: Writable): number {
  return ['drain', 'error', 'close', 'finish', 'end'].reduce((sum, event) => sum + getEventListeners(stream, event).length, 0)
}
