import { from, range, type Operator, type Pipeline, type RunOptions } from '@sluice/core'
import { SliceScheduler } from '@sluice/core/authoring'
import { assert, assertEqual } from '../probe/assert'
import { checked, type Seen } from '../probe/checked'
import { manualSource } from '../probe/manual-source'
import { trackedSource } from '../probe/tracked-source'
import { ExploringScheduler } from '../schedule/exploring-scheduler'
import { SpentScheduler } from '../schedule/spent-scheduler'
import { settle } from '../time/settle'
import { VirtualClock } from '../time/virtual-clock'
import type { LawCase } from './law-case'
import { cuttingSink, limitedSink, recordingSink } from './limited-sink'
import { Draw } from './draw'
import { scriptedSource } from './scripted-source'
import { SHAPES, VALUES, type Shape, type Values } from './shapes'

/** An entry of the law suite: an operator, and what it should come to. */
export interface OperatorEntry {
  readonly name: string
  readonly make: () => Operator<unknown, unknown>
  /** What it makes of a list of values. */
  readonly reference: (values: readonly unknown[]) => unknown[]
  /** False where the order of outputs is not laid down. Default true. */
  readonly ordered?: boolean
  /** How many values it may read beyond what its outputs need. Default 0. */
  readonly ahead?: number
  /** The operator with a function of its user in it, which calls `probe` on each value and throws what that throws. */
  readonly withProbe?: (probe: (value: unknown) => void) => Operator<unknown, unknown>
  /** What of a list of values is out when the source fails after it. Default: `reference`. */
  readonly uponFailure?: (values: readonly unknown[]) => unknown[]
  /** What of a list of values is out when the run is stopped after it: a stop ends all sources. Default: `reference`. */
  readonly uponStop?: (values: readonly unknown[]) => unknown[]
  /** For an operator that makes something of the source's failure: all its outputs. The run completes then. */
  readonly recovers?: (values: readonly unknown[], error: unknown) => unknown[]
  /** For an operator that ends by itself: whether it has, after these values. Default: never. */
  readonly ends?: (values: readonly unknown[]) => boolean
  /** It takes time: runs under a virtual clock that goes on whenever everything rests. */
  readonly timed?: boolean
}

const BOOM = new Error('boom')
/** Clocks with fractions find what divides times. */
const FRACTION = 222.13077661916225
/** Values of a run whose interleavings are explored: enough for several batches and every buffer to fill. */
const MOST_EXPLORED = 40
/** Values the laws of demand may read: more than any operator needs for a few outputs. */
const MANY = 2000

/** Slips back by a minute and a bit after every seventh look, and never tells. */
class SlippingClock extends VirtualClock {
  #looks = 0

  override now(): number {
    if (++this.#looks % 7 === 0) this.stepBack(60_000.25)
    return super.now()
  }
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i)

/** Generates the cases of one operator. See docs/laws.md for the numbers. */
export function operatorLaws(entry: OperatorEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${entry.name}: ${name}`, run })
  }
  const same = (actual: readonly unknown[], expected: readonly unknown[], what: string): void => {
    const order = (list: readonly unknown[]): unknown[] => (entry.ordered === false ? [...list].map(String).sort() : [...list])
    assertEqual(order(actual), order(expected), what)
  }

  const uponFailure = entry.uponFailure ?? entry.reference
  /** Runs it to its end, under a clock of its own where it takes time. */
  const finish = async <R>(pipeline: Pipeline<R>, options: RunOptions = {}): Promise<R> => {
    if (entry.timed !== true) return pipeline.run(options)
    const clock = new VirtualClock(FRACTION)
    const { scheduler } = options
    const resting = scheduler instanceof ExploringScheduler || scheduler instanceof SpentScheduler ? scheduler.resting : undefined
    return clock.runOut(pipeline.run({ ...atRest(clock), ...options }), resting)
  }

  const draw = new Draw(entry.name)
  const outputsOf = (shape: Shape, values: readonly unknown[], limit: number, options?: RunOptions): Promise<unknown[]> =>
    finish(shape.make(values).pipe(checked(), entry.make(), checked()).to(limitedSink(limit)), options)

  const likeArrays = (shape: Shape, { name, values }: Values, limit: number, options?: () => RunOptions): void => {
    add('O1', `${name} ${shape.name}, demand ${limit}`, async () => {
      const before: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      const outputs = await finish(shape.make(values).pipe(checked(before), entry.make(), checked()).to(limitedSink(limit)), options?.())
      same(outputs, entry.reference(values), 'the outputs')
      assertEqual(before.closes, 1, 'O4: upstream was closed')
    })
  }
  // All values in one batch; of the product of the other shapes with values and demands two draws for each shape: the
  // entries of a suite have seen all of it many times together.
  const [batch, ...otherShapes] = SHAPES as readonly [Shape, ...Shape[]]
  // How large a batch gets depends on the machine, unless the time of slices stands still.
  for (const values of VALUES) likeArrays(batch, values, 256, () => ({ scheduler: new SliceScheduler(new VirtualClock()) }))
  for (const shape of otherShapes) for (const values of draw.two(VALUES)) likeArrays(shape, values, draw.one([1, 2, 256]))

  for (const shape of SHAPES) {
    const { name, values } = draw.one(VALUES)
    const seeds = Array.from({ length: 4 }, () => 1 + draw.index(1_000_000))
    add('O7', `${name}, ${MOST_EXPLORED} at most, ${shape.name}, four interleavings`, async () => {
      const few = values.slice(0, MOST_EXPLORED)
      for (const seed of seeds) {
        same(await outputsOf(shape, few, 3, { scheduler: new ExploringScheduler(seed) }), entry.reference(few), `the outputs under seed ${seed}`)
      }
    })
  }
  // Under virtual time a source that comes by macrotasks looks like rest, while every pull takes a macrotask as well.
  const shapes = entry.timed === true ? SHAPES.filter(({ name }) => !name.includes('macrotasks')) : SHAPES
  for (const shape of draw.two(shapes)) {
    add('O15', `every slice is used up, ${shape.name}`, async () => {
      const values = upTo(MOST_EXPLORED)
      same(await outputsOf(shape, values, 256, { scheduler: new SpentScheduler() }), entry.reference(values), 'the outputs')
    })
  }
  add('O8', 'run twice', async () => {
    const values = upTo(20)
    const pipeline = from(values).pipe(entry.make()).to(limitedSink(256))
    same(await finish(pipeline), entry.reference(values), 'the first run')
    same(await finish(pipeline), entry.reference(values), 'the second run')
  })
  if (entry.timed === true) add('R40', 'a clock that steps back changes nothing', async () => {
    const values = upTo(20)
    const clock = new SlippingClock(FRACTION)
    const shape = draw.one(SHAPES)
    const run = shape.make(values).pipe(entry.make()).to(limitedSink(256)).run({ clock })
    same(await clock.runOut(run), entry.reference(values), 'the outputs')
  })
  add('O21', 'a source that is slow to close is waited for', async () => {
    let begun = 0
    let over = 0
    const close = async (): Promise<void> => {
      begun++
      await settle(3)
      over++
    }
    const slow = scriptedSource('slow to close', [1, 2, 3], { close })
    same(await finish(slow.pipe(entry.make()).to(limitedSink(256))), entry.reference([1, 2, 3]), 'the outputs')
    assert(begun > 0 && over === begun, `of ${begun} closes ${over} were over when the run settled`)
  })
  add('O22', 'a source that fails while closing fails the run, after what it gave', async () => {
    const outputs: unknown[] = []
    const failing = scriptedSource('failing to close', [1, 2, 3], { close: () => { throw BOOM } })
    const run = finish(failing.pipe(checked(), entry.make()).to(recordingSink(outputs)))
    assert((await rejection(run)) === BOOM, 'the run rejects with the error of the close')
    same(outputs, entry.reference([1, 2, 3]), 'the outputs')
  })

  for (const k of [0, 1, 5, 300]) {
    // An operator that has ended by then never sees the failure.
    if (!entry.ends?.(upTo(k))) add('O5', `the source fails after ${k} values`, async () => {
      const probe = manualSource<unknown>()
      const outputs: unknown[] = []
      const clock = new VirtualClock(FRACTION)
      const run = probe.source.pipe(checked(), entry.make()).to(recordingSink(outputs)).run(atRest(clock))
      const values = upTo(k)
      probe.emit(...values)
      await settle(2)
      probe.fail(BOOM)
      if (entry.recovers) {
        await clock.runOut(run)
        same(outputs, entry.recovers(values, BOOM), 'what it made of the failure')
        assertEqual(run.failure, undefined, 'the failure')
        return
      }
      assert((await rejection(clock.runOut(run))) === BOOM, 'the run rejects with the original error')
      same(outputs, uponFailure(values), 'what came before the failure')
      assertEqual(run.failure?.stage, 'manual', 'the failure names the stage')
      assertEqual(probe.closeCount, probe.openCount, 'the source was closed as often as it was opened')
    })
    const { withProbe } = entry
    if (withProbe) {
      add('O6', `user code throws on value ${k}`, async () => {
        const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
        const outputs: unknown[] = []
        const clock = new VirtualClock(FRACTION)
        const failing = withProbe((value) => { if (value === k) throw BOOM })
        const run = range(0, 1000).pipe(checked(seen), failing).to(recordingSink(outputs)).run({ clock })
        assert((await rejection(clock.runOut(run))) === BOOM, 'the run rejects with the original error')
        if (entry.ordered !== false) same(outputs, uponFailure(upTo(k)), 'what came before the failure')
        assertEqual(run.failure?.item, k, 'the failure names the item')
        assertEqual(run.failure?.position, 2, 'the failure names the position')
        assertEqual(seen.closes, 1, 'upstream was closed')
      })
    }
  }

  for (const wanted of [1, 2, 7]) {
    add('O9', `the consumer wants ${wanted} and then no more`, async () => {
      const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      const outputs = await finish(range(0, MANY).pipe(checked(seen), entry.make()).to(cuttingSink(wanted)))
      const all = entry.reference(upTo(MANY))
      if (entry.ordered !== false) same(outputs, all.slice(0, wanted), 'the outputs')
      assertEqual(seen.closes, 1, 'upstream was closed')
      const needed = inputsFor(entry, wanted)
      assert(seen.values <= needed + (entry.ahead ?? 0), `read ${seen.values} values where ${needed} were needed`)
      const { pulls } = seen
      await settle(2)
      assertEqual(seen.pulls, pulls, 'nothing is pulled afterwards')
    })
  }

  add('O10', 'stop ends it with what was read, abort with its reason; upstream is closed once', async () => {
    for (const end of ['stop', 'abort'] as const) {
      const probe = manualSource<unknown>()
      const clock = new VirtualClock(FRACTION)
      const run = probe.source.pipe(entry.make()).to(limitedSink(256)).run(atRest(clock))
      probe.emit(1, 2, 3)
      await settle(2)
      if (end === 'stop') {
        assertEqual((await clock.runOut(run.stop())).status, 'completed', 'the report')
        same(await run, (entry.uponStop ?? entry.reference)([1, 2, 3]), 'the result')
      } else if (run.status === 'running') {
        await clock.runOut(run.abort(BOOM))
        assert((await rejection(run)) === BOOM, 'the run rejects with the reason')
      }
      assertEqual(probe.closeCount, 1, 'the source was closed')
    }
  })

  for (const k of [0, 1, 5]) {
    add('O11', `aborted when ${k} values are out`, async () => {
      const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      const outputs: unknown[] = []
      const clock = new VirtualClock(FRACTION)
      const sink = recordingSink(outputs, () => { if (outputs.length >= k) void run.abort(BOOM) })
      const run = range(0).pipe(checked(seen), entry.make()).to(sink).run({ clock })
      await settle(2)
      await clock.runOut(run.abort(BOOM))
      const { length } = outputs
      assertEqual(seen.closes, 1, 'upstream was closed')
      await settle(2)
      assertEqual(outputs.length, length, 'nothing comes after the end')
    })
  }

  add('O12', 'twenty thousand values need no deep stack', async () => {
    const values = upTo(entry.timed === true ? 1000 : 20_000)
    same(await finish(from(values).pipe(entry.make()).to(limitedSink(256))), entry.reference(values), 'the outputs')
  })

  for (const { name: valuesName, values } of VALUES) {
    add('T1', `${valuesName}: every ticket is acknowledged once when all was dealt with`, async () => {
      const tracked = trackedSource(values)
      await finish(tracked.source.pipe(checked(), entry.make(), checked()).to(limitedSink(256)))
      if (entry.ends === undefined) assertEqual(tracked.issued, values.length, 'all was read')
      assertEqual(tracked.settlements, Array.from({ length: tracked.issued }, () => 1), 'settlements')
      assertEqual(tracked.statuses, Array.from({ length: tracked.issued }, () => 'ack'), 'statuses')
    })
  }
  add('T2', 'every ticket is settled once when the run is cut off', async () => {
    const tracked = trackedSource(upTo(500))
    await finish(tracked.source.pipe(checked(), entry.make(), checked()).to(cuttingSink(3)))
    assertEqual(tracked.settlements, Array.from({ length: tracked.issued }, () => 1), 'settlements')
  })
  return cases
}

/**
 * For what comes to rest by itself: its slices of time are virtual too, so one turn does all there is to do. On a real
 * clock a busy machine uses up slices by standing still, and some turns are not enough.
 */
function atRest(clock: VirtualClock): RunOptions {
  return { clock, scheduler: new SliceScheduler(clock) }
}

/** How many inputs the first `outputs` outputs need. */
function inputsFor(entry: OperatorEntry, outputs: number): number {
  const all = entry.reference(upTo(MANY))
  if (all.length < outputs) return MANY
  // The first outputs of few inputs may only be there because the input ended: they have to be those of all, and there
  // without an end.
  const { reference, uponFailure = reference } = entry
  const first = JSON.stringify(all.slice(0, outputs))
  for (let inputs = 0; inputs < 1000; inputs++) {
    if (JSON.stringify(uponFailure(upTo(inputs)).slice(0, outputs)) === first) return inputs
  }
  return MANY
}

async function rejection(run: PromiseLike<unknown>): Promise<unknown> {
  try {
    await run
  } catch (error) {
    return error
  }
  throw new Error('the run did not reject')
}
