import { describe, expect, expectTypeOf, it } from 'vitest'
import fc from 'fast-check'
import { from, never, OptionError, range, toArray } from '@sluice/core'
import { map, take } from '@sluice/operators'
import { explore, manualSink, manualSource, settle, SHAPES, trackedSource, VALUES } from '@sluice/testing'
import { asTransform, throughTransform } from '@sluice/adapters/web-streams'
import { unhandledRejections } from '../../../../test/unhandled-rejections'

const BOOM = new Error('boom')
const failureOf = async (run: PromiseLike<unknown>): Promise<unknown> => run.then(() => 'no failure', (error: unknown) => error)
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text)
/** A pair that is kept to be looked at. */
function kept<A, B>(transformer: Transformer<A, B>, ...strategies: [QueuingStrategy<A>?, QueuingStrategy<B>?]) {
  const pair = new TransformStream<A, B>(transformer, ...strategies)
  return { pair, operator: throughTransform(() => pair) }
}
type Transformer<A, B> = ConstructorParameters<typeof TransformStream<A, B>>[0]
type QueuingStrategy<T> = { highWaterMark?: number; size?: (chunk: T) => number }

describe('passing through', () => {
  for (const shape of SHAPES) {
    for (const { name, values } of VALUES) {
      it(`A1: ${name} ${shape.name}`, async () => {
        const pipeline = () => shape.make(values).pipe(throughTransform(() => new TransformStream<unknown, unknown>())).to(toArray())
        expect(await pipeline().run()).toEqual(values)
        if (values.length < 100) await explore(10, async ({ scheduler }) => { expect(await pipeline().run({ scheduler })).toEqual(values) })
      })
    }
  }

  it('A6: what is compressed is decompressed again, encoded text decoded', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 20 }), async (texts) => {
      const out = await from(texts).pipe(
        throughTransform<string, Uint8Array>(() => new TextEncoderStream()),
        throughTransform(() => new CompressionStream('gzip')),
        throughTransform(() => new DecompressionStream('gzip')),
        throughTransform(() => new TextDecoderStream()),
      ).to(toArray()).run()
      expect(out.join('')).toBe(texts.join(''))
    }), { numRuns: 25 })
  })

  it('A6: an operator of ours survives the way there and back', async () => {
    const through = throughTransform(() => asTransform(map((n: number) => n + 1)))
    const pipeline = range(0, 500).pipe(through, map((n) => n * 2))
    expectTypeOf(pipeline.to(toArray()).run()).resolves.toEqualTypeOf<number[]>()
    expect(await pipeline.to(toArray()).run()).toEqual(Array.from({ length: 500 }, (_, i) => (i + 1) * 2))
  })

  it('A1: a transform that makes many of one, and more at the end', async () => {
    const { operator } = kept<number, number>({
      transform: (n, controller) => { for (let i = 0; i < n; i++) controller.enqueue(n) },
      flush: (controller) => { controller.enqueue(-1) },
    })
    expect(await from([1, 0, 3]).pipe(operator).to(toArray()).run()).toEqual([1, 3, 3, 3, -1])
  })

  it('A2: reads nothing before it is pulled, and then no more than the pair has room for', async () => {
    const probe = manualSource<number>()
    const end = manualSink<number>()
    const run = probe.source.pipe(throughTransform(() => new TransformStream<number, number>())).to(end.sink).run()
    probe.emit(1, 2, 3, 4, 5, 6)
    await settle()
    expect(probe.delivered).toBe(0)
    end.request(2)
    await end.expectNext(1, 2)
    await settle()
    expect(probe.delivered).toBe(3)
    await run.abort()
  })

  it('T1: a value counts as dealt with when it was written', async () => {
    const tracked = trackedSource([1, 2, 3])
    await tracked.source.pipe(throughTransform(() => new TransformStream<number, number>())).to(toArray()).run()
    expect([tracked.statuses, tracked.settlements]).toEqual([['ack', 'ack', 'ack'], [1, 1, 1]])
  })
})

describe('failing', () => {
  it('A3: a failing source: what came before comes out, then its error, once; the pair is torn down', async () => {
    const { pair, operator } = kept<number, number>({ transform: (n, controller) => { controller.enqueue(n); controller.enqueue(n) } }, {}, { highWaterMark: 9 })
    const out: number[] = []
    const run = from((async function* () { yield 1; yield 2; throw BOOM })()).pipe(operator, map((n) => void out.push(n))).to(toArray()).run()
    expect(await failureOf(run)).toBe(BOOM)
    expect([out, run.failure?.suppressed, run.failure?.stage]).toEqual([[1, 1, 2, 2], [], 'from'])
    expect(await failureOf(pair.writable.getWriter().closed)).toBe(BOOM)
  })

  it('A3: a transform that fails: its error, once, with the value', async () => {
    const { operator } = kept<number, number>({ transform: (n, controller) => { if (n === 3) throw BOOM; controller.enqueue(n) } })
    const probe = manualSource<number>()
    const run = probe.source.pipe(operator).to(toArray()).run()
    probe.emit(1, 2, 3, 4, 5)
    expect(await failureOf(run)).toBe(BOOM)
    expect([run.failure?.suppressed, probe.closeCount]).toEqual([[], 1])
    const flushing = kept<number, number>({ flush: () => { throw BOOM } })
    expect(await failureOf(from([1]).pipe(flushing.operator).to(toArray()).run())).toBe(BOOM)
  })

  it('A3: data that cannot be decompressed', async () => {
    const run = from([utf8('this is not gzip')]).pipe(throughTransform(() => new DecompressionStream('gzip'))).to(toArray()).run()
    expect(await failureOf(run)).toBeInstanceOf(Error)
    await settle()
  })

  it('A3: a pair whose writable fails while its readable says nothing', async () => {
    const readable = new ReadableStream<number>()
    const run = range(0).pipe(throughTransform(() => ({ readable, writable: new WritableStream<number>({ write: () => { throw BOOM } }) }))).to(toArray()).run()
    expect([await failureOf(run), readable.locked]).toEqual([BOOM, false])
  })

  it('A4: a pair that cannot be made, or is locked, fails the run', async () => {
    expect(await failureOf(range(0).pipe(throughTransform(() => { throw BOOM })).to(toArray()).run())).toBe(BOOM)
    const { pair, operator } = kept<number, number>({})
    pair.writable.getWriter()
    expect(await failureOf(range(0).pipe(operator).to(toArray()).run())).toBeInstanceOf(TypeError)
  })

  it('A7: source and transform fail at once: it settles once', async () => {
    const unhandled = await unhandledRejections(() => explore(60, async ({ scheduler, random }) => {
      let controller!: { error(reason: unknown): void }
      const { operator } = kept<number, number>({ start: (given) => { controller = given } })
      const probe = manualSource<number>()
      const run = probe.source.pipe(operator).to(toArray()).run({ scheduler })
      probe.emit(1, 2, 3)
      for (let turns = Math.floor(random() * 20); turns > 0; turns--) await Promise.resolve()
      const other = new Error('other')
      probe.fail(BOOM)
      controller.error(other)
      expect([BOOM, other]).toContain(await failureOf(run))
      expect(probe.closeCount).toBe(1)
    }))
    expect(unhandled).toEqual([])
  })
})

describe('ending early', () => {
  it('A4: take tears down both sides and closes the source', async () => {
    const probe = manualSource<number>()
    const { pair, operator } = kept<number, number>({})
    const run = probe.source.pipe(operator, take(2)).to(toArray()).run()
    probe.emit(1, 2, 3, 4)
    expect(await run).toEqual([1, 2])
    expect([probe.closeCount, pair.readable.locked, pair.writable.locked]).toEqual([1, false, false])
    expect(await pair.readable.getReader().read()).toEqual({ done: true, value: undefined })
  })

  it('A4: a pair whose writable fails, in its own words, because its readable was cancelled is torn down without a word', async () => {
    let writing!: WritableStreamDefaultController
    let written!: () => void
    const pair = () => ({
      writable: new WritableStream<number>({
        start: (controller) => { writing = controller },
        write: () => new Promise<void>((resolve) => { written = resolve }),
      }),
      readable: new ReadableStream<number>({
        pull: (controller) => { controller.enqueue(1) },
        cancel() {
          writing.error(BOOM)
          // It goes on failing until the write under way has ended, which is after it was aborted.
          void settle(1).then(written)
        },
      }),
    })
    expect(await range(0).pipe(throughTransform<number, number>(pair), take(2)).to(toArray()).run()).toEqual([1, 1])
  })

  it('A7: what goes wrong while its writable is aborted fails the run, where nothing else does', async () => {
    const pair = () => ({
      writable: new WritableStream<number>({ abort: () => Promise.reject(BOOM) }),
      readable: new ReadableStream<number>({ pull: (controller) => { controller.enqueue(1) } }),
    })
    expect(await failureOf(never().pipe(throughTransform<number, number>(pair), take(2)).to(toArray()).run())).toBe(BOOM)
  })

  it('A4: so does an abort, with its reason, and waits for it', async () => {
    const { pair, operator } = kept<number, number>({})
    const run = never().pipe(operator).to(toArray()).run()
    await settle()
    await run.abort(BOOM)
    expect([await failureOf(pair.writable.getWriter().closed), run.unstopped, run.failure]).toEqual([BOOM, [], undefined])
  })

  it('A4: a native transform is torn down too', async () => {
    for (const make of [() => new CompressionStream('gzip'), () => new DecompressionStream('gzip')]) {
      const run = never().pipe(throughTransform(make)).to(toArray()).run()
      await settle()
      await run.abort(BOOM)
      expect([await failureOf(run), run.unstopped, run.failure]).toEqual([BOOM, [], undefined])
    }
  })

  it('A4: a transform that terminates completes it, with all it had made', async () => {
    const probe = manualSource<number>()
    const { operator } = kept<number, number>({ transform: (n, controller) => { for (let i = 0; i < 40; i++) controller.enqueue(n); if (n === 2) controller.terminate() } })
    const run = probe.source.pipe(operator).to(toArray()).run()
    probe.emit(1, 2, 3)
    expect((await run).length).toBe(80)
    expect(probe.closeCount).toBe(1)
  })

  it('A8: a stop lets what was read come out', async () => {
    const probe = manualSource<number>()
    const { operator } = kept<number, number>({ flush: (controller) => { controller.enqueue(-1) } })
    const run = probe.source.pipe(operator).to(toArray()).run()
    probe.emit(1, 2)
    await settle()
    expect((await run.stop()).status).toBe('completed')
    expect(await run).toEqual([1, 2, -1])
  })

  it('A5: a pair for each run, and nothing left of it', async () => {
    let made = 0
    const pipeline = range(0, 3).pipe(throughTransform(() => (made++, new TransformStream<number, number>()))).to(toArray())
    for (let i = 0; i < 200; i++) await pipeline.run()
    expect(made).toBe(200)
  })
})

it('options are checked when the pipeline is built', () => {
  expect(() => throughTransform({} as never)).toThrow(OptionError)
})
