import { Stream, Writable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { from, range } from '@sluice/core'
import { manualSource, settle, trackedSource } from '@sluice/testing'
import { toNodeWritable } from '@sluice/adapters/node-streams'

const BOOM = new Error('boom')

describe('A12: nothing counts as written that did not get there', () => {
  const settled = (run: PromiseLike<unknown>): PromiseLike<unknown> => run.then((value) => value, (error: unknown) => (error as { readonly code?: unknown }).code ?? error)
  const ended = async (): Promise<Writable> => {
    const stream = new Writable({ write(_chunk, _encoding, done) { done() } })
    stream.end()
    await settle(2)
    return stream
  }

  it.each([false, true])('a stream that was ended before refuses the first value (preventClose: %s)', async (preventClose) => {
    for (let i = 0; i < 20; i++) {
      expect(await settled(from(['a']).to(toNodeWritable(await ended(), { preventClose })).run())).toBe('ERR_STREAM_WRITE_AFTER_END')
    }
    expect(await settled(from([]).to(toNodeWritable(await ended(), { preventClose })).run())).toBe(0)
  })

  it('a stream that somebody else ends in the middle refuses the next one; the run says with which value', async () => {
    const probe = manualSource<string>()
    const { writable, taken } = collecting()
    const run = probe.source.to(toNodeWritable(writable)).run()
    probe.emit('a')
    await settle()
    writable.end()
    probe.emit('b')
    expect([await settled(run), taken, run.failure?.item]).toEqual(['ERR_STREAM_WRITE_AFTER_END', ['a'], 'b'])
    expect(run.stats().totals).toMatchObject({ read: 2, delivered: 1, failed: 1, abandoned: 0 })
  })
})

describe('A2: only false means full', () => {
  /** A stream of the first Node: it knows no callbacks, and need not answer. */
  function old(full: () => boolean | undefined) {
    const taken: unknown[] = []
    const stream = Object.assign(new Stream(), {
      writable: true,
      write(value: unknown) {
        taken.push(value)
        return full()
      },
      end() {
        stream.writable = false
        stream.emit('end')
        stream.emit('close')
      },
    })
    return { stream: stream as unknown as Writable, taken }
  }

  it.each([false, true])('an old kind of stream that answers nothing takes all values (preventClose: %s)', async (preventClose) => {
    const { stream, taken } = old(() => undefined)
    expect(await range(0, 50).to(toNodeWritable<number>(stream, { preventClose })).run()).toBe(50)
    expect(taken).toHaveLength(50)
  })

  it('one that answers false is waited for, until its drain', async () => {
    const { stream, taken } = old(() => false)
    const run = range(0, 3).to(toNodeWritable<number>(stream)).run()
    for (const count of [1, 2, 3]) {
      await settle()
      expect(taken).toHaveLength(count)
      stream.emit('drain')
    }
    expect(await run).toBe(3)
  })

  it('one that was ended refuses, and an abort needs no destroy', async () => {
    const { stream } = old(() => undefined)
    stream.end()
    await expect(from([1]).to(toNodeWritable<number>(stream)).run()).rejects.toMatchObject({ code: 'ERR_STREAM_WRITE_AFTER_END' })
    const run = manualSource<number>().source.to(toNodeWritable<number>(old(() => undefined).stream)).run()
    await settle()
    await run.abort(BOOM)
    expect(run.unstopped).toEqual([])
  })

  it.each([
    ['answer', false], ['answer', true], ['callback', false], ['callback', true],
  ])('a write that was replaced by one that loses the %s holds nobody up, and tickets are told (preventClose: %s)', async (lost, preventClose) => {
    const { writable, taken } = collecting(4)
    const write = writable.write.bind(writable) as (...given: unknown[]) => boolean
    writable.write = ((value: unknown, done: unknown) => {
      const answer = lost === 'callback' ? write(value) : write(value, done)
      return lost === 'answer' ? undefined : answer
    }) as Writable['write']
    const { source: tracked, statuses } = trackedSource([1, 2, 3, 4, 5, 6])
    const run = tracked.to(toNodeWritable<number>(writable, { preventClose })).run()
    expect([await run, taken]).toEqual([6, [1, 2, 3, 4, 5, 6]])
    expect(statuses).toEqual(Array.from({ length: 6 }, () => 'ack'))
    expect(run.stats().totals).toMatchObject({ read: 6, delivered: 6 })
  })
})

/** Takes what is written, each piece a turn later. */
function collecting(highWaterMark = 16) {
  const taken: unknown[] = []
  const writable = new Writable({
    objectMode: true,
    highWaterMark,
    write(chunk, _encoding, done) {
      taken.push(chunk)
      setImmediate(done)
    },
  })
  return { writable, taken }
}
