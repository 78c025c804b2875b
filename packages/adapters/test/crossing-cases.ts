import fc from 'fast-check'
import { toArray, type Run, type Sink, type Source } from '@sluice/core'
import { sink } from '@sluice/core/authoring'
import { assert, assertEqual, Draw, manualSource, settle, SHAPES, VALUES, type LawCase } from '@sluice/testing'
import { unhandledRejections } from '../../../test/unhandled-rejections'

/** Another world, which values get into and come out of again. */
export interface World {
  /** Sends the values through it, to their end; resolves with the result of the sink. */
  cross<R>(values: Source<unknown>, into: Sink<unknown, R>): PromiseLike<R>
  /** Begins that: the runs which go on at once, the one that reads the source first. One run may do both. */
  begin<R>(values: Source<unknown>, into: Sink<unknown, R>): readonly [Run<unknown>, ...Run<unknown>[]]
}

/** What the cases need to know of a bridge into another world and back. */
export interface CrossingEntry {
  readonly name: string
  /** Opens the world for one use, and takes it down again. */
  readonly use: (work: (world: World) => Promise<void>) => Promise<void>
  /** Values that can be in that world. Default: all. */
  readonly carries?: ((value: unknown) => boolean) | undefined
  /** True where copies come out: they equal what went in, and are not the same. */
  readonly copies: boolean
  /** False where what comes out is read only when all is in: a file. */
  readonly atOnce: boolean
}

const SOURCE = new Error('of the source')
const CONSUMER = new Error('of the consumer')

/**
 * What every way into another world and back keeps, whether one run goes there and back or one writes and another reads:
 * the table that `throughLaws` and `passageLaws` share.
 */
export function crossingCases({ name: bridge, use, carries = () => true, copies, atOnce }: CrossingEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${bridge}: ${name}`, run: () => withoutUnhandled(run) })
  }
  const draw = new Draw(bridge)
  for (const shape of SHAPES) {
    for (const { name, values } of draw.two(VALUES)) {
      add('A1', `${name} ${shape.name}`, () => use(async (world) => {
        const expected = values.filter(carries)
        assertEqual(await world.cross(shape.make(expected), toArray()), expected, 'the values')
      }))
    }
  }
  add('A6', 'random values, taken at random, come out as they were', async () => {
    const copied = fc.oneof(fc.string(), fc.integer(), fc.constant(null), fc.record({ a: fc.string(), b: fc.array(fc.nat(), { maxLength: 3 }) }, { noNullPrototype: true }))
    const value = (copies ? copied : fc.anything()).filter(carries)
    const same = (one: unknown, other: unknown): boolean => (copies ? JSON.stringify(one) === JSON.stringify(other) : Object.is(one, other))
    const property = fc.asyncProperty(fc.array(value, { maxLength: 40 }), fc.constantFrom(...SHAPES), fc.integer({ min: 1, max: 5 }), fc.boolean(), (values, shape, demand, slowly) =>
      use(async (world) => {
        const taken = await world.cross(shape.make(values), picky(demand, slowly))
        assert(taken.length === values.length && taken.every((one, index) => same(one, values[index])), 'other values came out')
      }))
    await fc.assert(property, { numRuns: 40 })
  })
  for (const first of ['source', 'consumer'] as const) {
    add('A7', `source and consumer fail at once, the ${first} first, and each run settles once`, () => use(async (world) => {
      const probe = manualSource<unknown>()
      const runs = world.begin(probe.source, toArray())
      const settled = runs.map(errorOf)
      await settle()
      if (first === 'source') probe.fail(SOURCE)
      const aborted = runs.at(-1)?.abort(CONSUMER)
      if (first === 'consumer') probe.fail(SOURCE)
      await aborted
      for (const error of await Promise.all(settled)) assert(error === SOURCE || error === CONSUMER, `saw ${String(error)}`)
      assertEqual(probe.closeCount, 1, 'the source was closed')
    }))
  }
  if (atOnce) {
    add('A8', 'a stop ends it with what was read, the value of a read that is out included', () => use(async (world) => {
      const probe = manualSource<unknown>()
      const runs = world.begin(probe.source, toArray())
      const reading = runs.at(-1) as Run<unknown[]>
      // A far side that stops may well be a failure for the run that writes.
      const written = runs.slice(0, -1).map(errorOf)
      await settle(4)
      probe.emit(0, 1, 2)
      for (let turns = 0; turns < 200 && (reading.stats().stages[0]?.out ?? 0) < 3; turns++) await settle(1)
      await settle()
      const stopping = reading.stop({ deadlineMs: 2000 })
      // Answers a read that is out; where none is, this value stays with whoever has it.
      probe.emit(3)
      const report = await stopping
      assertEqual(report.status, 'completed', 'the report')
      assertEqual(report.unstopped, [], 'stages that did not stop')
      const values = await reading
      assertEqual(values, [0, 1, 2, 3].slice(0, Math.max(3, values.length)), 'the values')
      await runs[0].stop()
      await Promise.all(written)
      assertEqual(probe.closeCount, 1, 'the source was closed')
    }))
  }
  return cases
}

/** What a run fails with; undefined where it does not. */
export async function errorOf(run: PromiseLike<unknown>): Promise<unknown> {
  let failure: unknown
  await run.then(undefined, (error: unknown) => { failure = error })
  return failure
}

/** Runs a case in which no rejection may go unheard. */
export async function withoutUnhandled(run: () => Promise<void>): Promise<void> {
  assertEqual(await unhandledRejections(run), [], 'unhandled rejections')
}

/** Takes so many at once, and its time over them. */
function picky(demand: number, slowly: boolean): Sink<unknown, unknown[]> {
  return sink<unknown, unknown[]>('picky', () => {
    const taken: unknown[] = []
    return {
      demand: () => demand,
      write(batch, count) {
        for (let i = 0; i < count; i++) taken.push(batch[i])
        return slowly ? Promise.resolve() : undefined
      },
      end: () => taken,
    }
  })
}
