import { EventEmitter } from 'node:events'
import { PassThrough, Readable, Writable } from 'node:stream'
import { finished, pipeline } from 'node:stream/promises'
import { describe, expect, it } from 'vitest'
import { from, OptionError, range, toArray, type Operator, type Source } from '@sluice/core'
import { asyncOperator, DONE, expanding, mapping, operator, PENDING } from '@sluice/core/authoring'
import { map, retrySource } from '@sluice/operators'
import { settle } from '@sluice/testing'
import { asDuplex, toNode } from '@sluice/adapters/node-streams'
import { compose } from '../../test/compose'

const BOOM = new Error('boom')

describe('A1: works wherever a Duplex does', () => {
  it('in a pipeline, between slow neighbours', async () => {
    const { writable, taken } = collecting()
    await pipeline(Readable.from(slowly(50)), asDuplex(doubled(), { highWaterMark: 2 }), writable)
    expect(taken).toEqual(Array.from({ length: 50 }, (_, i) => i * 2))
  })
  it.each([1, 2, 16, 1000])('many values, highWaterMark %i', async (highWaterMark) => {
    const { writable, taken } = collecting()
    await pipeline(Readable.from(numbers(1000)), asDuplex(doubled(), { highWaterMark }), asDuplex(doubled()), writable)
    expect(taken).toEqual(numbers(1000).map((n) => n * 4))
  })
  it('by pipe, for await, and compose', async () => {
    expect(await Readable.from(numbers(10)).pipe(asDuplex(doubled())).toArray()).toEqual(numbers(10).map((n) => n * 2))
    const both = compose(asDuplex(doubled()), asDuplex(doubled()))
    both.end(1)
    expect(await both.toArray()).toEqual([4])
  })
  it('bytes in, objects out', async () => {
    const sizes = asDuplex(mapping<Buffer, number>('size', () => (piece) => piece.length), { writableObjectMode: false })
    sizes.write('some')
    sizes.end('ü')
    expect(await sizes.toArray()).toEqual([4, 2])
  })
  it('objects in, bytes out', async () => {
    const text = asDuplex(mapping<number, string>('text', () => String), { readableObjectMode: false })
    expect(Buffer.concat(await Readable.from([1, 2, 3]).pipe(text).toArray() as Buffer[]).toString()).toBe('123')
  })
  it('with an operator that makes more, or only at the end', async () => {
    const thrice = expanding<number, number>('thrice', () => (n) => [n, n, n])
    expect(await Readable.from([1, 2]).pipe(asDuplex(thrice)).toArray()).toEqual([1, 1, 1, 2, 2, 2])
    expect(await Readable.from(numbers(100)).pipe(asDuplex(sum())).toArray()).toEqual([4950])
    const nothing = asDuplex(sum())
    nothing.end()
    expect(await nothing.toArray()).toEqual([0])
  })
  it('as the last of a pipeline, where nobody reads, it takes what a Transform would', async () => {
    const seen: number[] = []
    const tapped = asDuplex(mapping<number, number>('tap', () => (n) => (seen.push(n), n)))
    await pipeline(Readable.from(numbers(10)), tapped)
    expect(seen).toEqual(numbers(10))
    tapped.destroy()
  })
})

it('A2: the operator pulls what fits, and what waits to be pulled is bounded too', async () => {
  let pulled = 0
  const duplex = asDuplex(mapping<number, number>('tap', () => (n) => (pulled++, n)), { highWaterMark: 3 })
  let written = 0
  const fill = async (): Promise<void> => {
    for (let turns = 0; turns < 5; turns++) {
      while (!duplex.writableNeedDrain) duplex.write(written++)
      await settle()
    }
  }
  await fill()
  expect(pulled).toBe(3)
  expect(written).toBe(6)
  for (let taken = 1; taken < 30; taken++) {
    expect(duplex.read()).toBe(taken - 1)
    await fill()
    expect(pulled).toBe(3 + taken)
    expect(written).toBeLessThanOrEqual(6 + taken)
  }
  duplex.destroy()
})

describe('A3: errors, once, as they are', () => {
  const failing = mapping<number, number>('failing', () => (n) => {
    if (n === 3) throw BOOM
    return n
  })
  it('of the operator', async () => {
    await expect(pipeline(Readable.from(numbers(100)), asDuplex(failing), collecting().writable)).rejects.toBe(BOOM)
    const duplex = asDuplex(failing, { highWaterMark: 1 })
    const seen: unknown[] = []
    duplex.on('error', (error) => seen.push(error)).on('close', () => seen.push('close')).resume()
    const answers: unknown[] = []
    for (const n of numbers(6)) duplex.write(n, (error) => answers.push(error))
    await settle()
    expect(seen).toEqual([BOOM, 'close'])
    expect(answers.filter((answer) => answer === BOOM).length).toBeGreaterThan(0)
    expect(answers.length).toBe(6)
  })
  it('of the stream before it', async () => {
    const told: unknown[] = []
    const source = new Readable({ objectMode: true, read() { this.destroy(BOOM) } })
    await expect(pipeline(source, asDuplex(recordingClose(told)), collecting().writable)).rejects.toBe(BOOM)
  })
  it('of the stream after it', async () => {
    const told: unknown[] = []
    const writable = new Writable({ objectMode: true, write(_chunk, _encoding, done) { done(BOOM) } })
    await expect(pipeline(Readable.from(slowly(100)), asDuplex(recordingClose(told)), writable)).rejects.toBe(BOOM)
    await settle()
    expect(told).toEqual([{ status: 'cancelled', reason: BOOM }])
  })
  it('an operator that recovers goes on', async () => {
    const fallback: Operator<number, number> = (upstream) => asyncOperator<number, number>('fallback', (source, stage) => {
      const outlet = stage.open(source)
      let failed = false
      return {
        pull(into, limit) {
          if (failed) return DONE
          try {
            return outlet.pull(into, limit)
          } catch {
            failed = true
            into[0] = -1
            return 1
          }
        },
      }
    })(upstream)
    const duplex = asDuplex<number, number>((source) => source.pipe(failing, fallback), { highWaterMark: 1 })
    const { writable, taken } = collecting()
    await pipeline(Readable.from(numbers(100)), duplex, writable)
    expect(taken).toEqual([0, 1, 2, -1])
  })
})

it('an operator that wants no more ends the readable side; what is still written is dropped', async () => {
  const { writable, taken } = collecting()
  await pipeline(Readable.from(numbers(1000)), asDuplex(head(3)), writable)
  expect(taken).toEqual([0, 1, 2])
})

it('so too where it goes on by itself', async () => {
  const once = asyncOperator<number, number>('once', (source, stage) => {
    const outlet = stage.open(source)
    let taken = false
    return {
      pull(into) {
        if (taken) return PENDING
        const count = outlet.pull(into, 1)
        if (count < 1) return count
        taken = true
        void outlet.close({ status: 'cancelled', reason: undefined })
        return count
      },
    }
  })
  const duplex = asDuplex(once)
  let answered = 0
  for (const n of numbers(100)) duplex.write(n, () => answered++)
  await settle()
  expect(answered).toBe(100)
  expect(duplex.read()).toBe(0)
  expect(duplex.readableEnded).toBe(false)
  duplex.destroy()
})

it('A13: an operator that opens its source again fails it: the values that the first try took cannot be had again', async () => {
  let tries = 0
  const flaky = (source: Source<number>): Source<number> => source.pipe(map((n) => {
    if (n === 2 && ++tries === 1) throw BOOM
    return n
  }), retrySource({ times: 1, delayMs: 0 }))
  const duplex = asDuplex(flaky)
  for (const n of [1, 2, 3]) duplex.write(n)
  duplex.end()
  await expect(duplex.toArray()).rejects.toThrow('asDuplex: what is written to a stream can be read once')
})

describe('A4: destroy aborts the run, and close comes when it has cleaned up', () => {
  it('in the middle', async () => {
    const told: unknown[] = []
    const duplex = asDuplex(recordingClose(told))
    duplex.write(1)
    await settle()
    duplex.destroy(BOOM)
    await expect(finished(duplex)).rejects.toBe(BOOM)
    expect(told).toEqual([{ status: 'cancelled', reason: BOOM }])
  })
  it('without an error, and a write that waits learns of it', async () => {
    const duplex = asDuplex(doubled(), { highWaterMark: 1 })
    const answers: unknown[] = []
    for (let i = 0; i < 3; i++) duplex.write(i, (error) => answers.push(error?.name))
    await settle()
    duplex.destroy()
    await finished(duplex).catch(() => {})
    await settle()
    expect(answers.length).toBe(3)
    expect(answers.slice(1).every((name) => name !== undefined)).toBe(true)
  })
  it('where it was never used', async () => {
    const told: unknown[] = []
    const duplex = asDuplex(recordingClose(told))
    duplex.destroy()
    await finished(duplex).catch(() => {})
    expect(told).toEqual([])
  })
})

it('A5: a hundred pipelines leave nothing behind in a stream that outlives them', async () => {
  const signal = new AbortController().signal
  const warnings: Error[] = []
  const onWarning = (warning: Error): void => void warnings.push(warning)
  process.on('warning', onWarning)
  for (let i = 0; i < 100; i++) await pipeline(toNode(range(0, 3), { signal }), asDuplex(doubled(), { signal }), collecting().writable)
  await settle()
  process.off('warning', onWarning)
  expect(warnings).toEqual([])
  expect(EventEmitter.getEventListeners(signal, 'abort')).toEqual([])
})

it('says at once which option cannot work', () => {
  for (const option of ['highWaterMark', 'readableHighWaterMark', 'writableHighWaterMark']) {
    expect(() => asDuplex(doubled(), { [option]: -1 })).toThrow(OptionError)
  }
})

it('takes several operators', async () => {
  const duplex = asDuplex<number, number>((source) => source.pipe(doubled(), doubled()))
  expect(await from(toNode(range(0, 3)).pipe(duplex).pipe(new PassThrough({ objectMode: true }))).to(toArray()).run()).toEqual([0, 4, 8])
})

function doubled(): Operator<number, number> {
  return mapping('double', () => (n: number) => n * 2)
}

function head<T>(count: number): Operator<T, T> {
  return operator<T, T>('head', (upstream) => {
    let left = count
    return {
      pull(into, limit) {
        if (left === 0) return DONE
        const taken = upstream.pull(into, Math.min(limit, left))
        if (taken > 0) left -= taken
        return taken
      },
    }
  })
}

function sum(): Operator<number, number> {
  return operator<number, number>('sum', (upstream) => {
    let total = 0
    let over = false
    return {
      pull(into, limit) {
        if (over) return DONE
        const count = upstream.pull(into, limit)
        for (let i = 0; i < count; i++) total += into[i] as number
        if (count !== DONE) return count < 0 ? count : 0
        over = true
        into[0] = total
        return 1
      },
    }
  })
}

/** Writes down how it was closed, which takes a while. */
function recordingClose(told: unknown[]): Operator<number, number> {
  return operator<number, number>('told', (upstream) => ({
    pull: (into, limit) => upstream.pull(into, limit),
    async close(outcome) {
      await settle()
      told.push(outcome)
    },
  }))
}

function numbers(count: number): number[] {
  return Array.from({ length: count }, (_, i) => i)
}

async function* slowly(count: number): AsyncGenerator<number> {
  for (let i = 0; i < count; i++) {
    if (i % 7 === 0) await settle(1)
    yield i
  }
}

function collecting() {
  const taken: unknown[] = []
  const writable = new Writable({
    objectMode: true,
    highWaterMark: 2,
    write(chunk, _encoding, done) {
      taken.push(chunk)
      if (taken.length % 3 === 0) setImmediate(done)
      else done()
    },
  })
  return { writable, taken }
}
