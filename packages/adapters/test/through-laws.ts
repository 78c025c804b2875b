import { DONE, PENDING, sink, source, toArray, type Operator, type Source } from '@sluice/core'
import { assert, assertEqual, manualSink, manualSource, SHAPES, settle, VALUES, type LawCase } from '@sluice/testing'
import fc from 'fast-check'
import { unhandledRejections } from '../../../test/unhandled-rejections'

/** An entry of the adapter laws: a way out to another world and back. */
export interface ThroughEntry {
  readonly name: string
  /** Gives what it gets. Made anew for each run. */
  readonly through: () => Operator<unknown, unknown>
  /** Values that may be on their way when nobody takes any: the capacities of all buffers in between. */
  readonly capacity: number
  /** Values that can be in that world. Default: all. */
  readonly carries?: (value: unknown) => boolean
}

const BOOM = new Error('boom')

/** Generates the cases of adapters that stand in the middle of one run: out to the other world, and back. */
export function throughLaws(entry: ThroughEntry): LawCase[] {
  const { name: adapter, through, capacity, carries = () => true } = entry
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${adapter}: ${name}`, run: () => withoutUnhandled(run) })
  }
  for (const { name, values } of VALUES) {
    for (const shape of SHAPES) {
      add('A1', `${name} ${shape.name}`, async () => {
        const expected = values.filter(carries)
        assertEqual(await shape.make(expected).pipe(through()).to(toArray()).run(), expected, 'the values')
      })
    }
  }
  add('A2', 'behind a reader that takes no more, no more is read than fits', async () => {
    const probe = manualSource<unknown>()
    const reader = manualSink<unknown>()
    const run = probe.source.pipe(through()).to(reader.sink).run()
    await settle()
    assertEqual(probe.pulls, 0, 'pulls before anything was asked for')
    probe.emit(...Array.from({ length: capacity + 1000 }, (_, i) => i))
    reader.request(2)
    await reader.expectNext(0, 1)
    await settle()
    assert(probe.delivered <= 2 + capacity, `read ${probe.delivered}`)
    await run.abort(BOOM)
  })
  add('A3', 'a failure of the source arrives once, as it is', async () => {
    const taken: unknown[] = []
    const recording = sink<unknown, void>('recording', () => ({
      write(values, count) { taken.push(...values.slice(0, count)) },
      end() {},
    }))
    const run = failingAfter(3).pipe(through()).to(recording).run()
    assert((await errorOf(run)) === BOOM, 'another error')
    assertEqual(taken, [0, 1, 2].slice(0, taken.length), 'a prefix')
    assertEqual(run.failure?.suppressed, [], 'errors beside it')
  })
  add('A3', 'a failure of the consumer reaches the source, as it is', async () => {
    const probe = manualSource<unknown>()
    const failing = sink<unknown, void>('failing', () => ({ write() { throw BOOM }, end() {} }))
    const run = probe.source.pipe(through()).to(failing).run()
    probe.emit(1)
    assert((await errorOf(run)) === BOOM, 'another error')
    assert(reasonOf(probe.closed) === BOOM, 'the source was told something else')
    assertEqual(probe.closeCount, 1, 'closed')
  })
  add('A4', 'an abort reaches the source, and its cleanup is awaited', async () => {
    let closed: unknown
    const slow = source<unknown>('slow', () => ({
      pull: () => PENDING,
      async close(outcome) {
        await settle()
        closed = reasonOf(outcome)
      },
    }))
    const run = slow.pipe(through()).to(toArray()).run()
    await settle()
    await run.abort(BOOM)
    assert((await errorOf(run)) === BOOM, 'another error')
    assert(closed === BOOM, `closed with ${String(closed)} when the run was over`)
    assertEqual(run.unstopped, [], 'stages that did not stop')
  })
  add('A6', 'random values, taken at random, come out as they were', async () => {
    await fc.assert(fc.asyncProperty(fc.array(fc.anything().filter(carries)), fc.integer({ min: 1, max: 5 }), fc.boolean(), async (values, demand, slowly) => {
      const shape = SHAPES[slowly ? 3 : 0]
      const taken: unknown[] = []
      const picky = sink<unknown, void>('picky', () => ({
        demand: () => demand,
        write(batch, count) {
          for (let i = 0; i < count; i++) taken.push(batch[i])
          return slowly ? Promise.resolve() : undefined
        },
        end() {},
      }))
      await shape?.make(values).pipe(through()).to(picky).run()
      return taken.length === values.length && taken.every((value, index) => Object.is(value, values[index]))
    }), { numRuns: 40 })
  })
  add('A7', 'where source and consumer fail at once, the run settles once', async () => {
    for (const first of ['source', 'consumer']) {
      const probe = manualSource<unknown>()
      const run = probe.source.pipe(through()).to(toArray()).run()
      await settle()
      const other = new Error('other')
      if (first === 'source') probe.fail(BOOM)
      const aborted = run.abort(other)
      if (first === 'consumer') probe.fail(BOOM)
      await aborted
      const error = await errorOf(run)
      assert(error === BOOM || error === other, `saw ${String(error)}`)
      assertEqual(probe.closeCount, 1, 'closed')
    }
  })
  add('A8', 'a stop ends it with what was read', async () => {
    const probe = manualSource<unknown>()
    const run = probe.source.pipe(through()).to(toArray()).run()
    probe.emit(0, 1, 2)
    await settle()
    const report = await run.stop({ deadlineMs: 2000 })
    assertEqual(report.status, 'completed', 'the status')
    assertEqual(report.unstopped, [], 'stages that did not stop')
    assertEqual(probe.closeCount, 1, 'closed')
    assertEqual(await run, [0, 1, 2], 'the values')
  })
  return cases
}

function failingAfter(count: number): Source<unknown> {
  return source<unknown>('failing', () => {
    let at = 0
    return {
      pull(into) {
        if (at > count) return DONE
        if (at === count) throw BOOM
        into[0] = at++
        return 1
      },
    }
  })
}

function reasonOf(outcome: unknown): unknown {
  const { error, reason } = (outcome ?? {}) as { readonly error?: unknown; readonly reason?: unknown }
  return error ?? reason
}

async function errorOf(run: PromiseLike<unknown>): Promise<unknown> {
  let failure: unknown
  await run.then(undefined, (error: unknown) => { failure = error })
  return failure
}

async function withoutUnhandled(run: () => Promise<void>): Promise<void> {
  assertEqual(await unhandledRejections(run), [], 'unhandled rejections')
}
