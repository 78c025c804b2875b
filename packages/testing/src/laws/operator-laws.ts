import { from, range, type Operator } from '@sluice/core'
import { assert, assertEqual } from '../probe/assert'
import { checked, type Seen } from '../probe/checked'
import { manualSource } from '../probe/manual-source'
import { trackedSource } from '../probe/tracked-source'
import { ExploringScheduler } from '../schedule/exploring-scheduler'
import { settle } from '../time/settle'
import type { LawCase } from './law-case'
import { cuttingSink, limitedSink, recordingSink } from './limited-sink'
import { SHAPES, VALUES } from './shapes'

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
  /** How many inputs it takes at most, for an operator that ends by itself. Default: all. */
  readonly takes?: number
}

const BOOM = new Error('boom')
const { POSITIVE_INFINITY: ALL } = Number

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

  for (const { name: valuesName, values } of VALUES) {
    for (const shape of SHAPES) {
      for (const limit of [1, 2, 256]) {
        add('O1', `${valuesName} ${shape.name}, demand ${limit}`, async () => {
          const before: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
          const outputs = await shape.make(values).pipe(checked(before), entry.make(), checked()).to(limitedSink(limit)).run()
          same(outputs, entry.reference(values), 'the outputs')
          assertEqual(before.closes, 1, 'O4: upstream was closed')
        })
      }
      add('O7', `${valuesName} ${shape.name}, twelve interleavings`, async () => {
        for (let seed = 1; seed <= 12; seed++) {
          const outputs = await shape.make(values).pipe(checked(), entry.make(), checked()).to(limitedSink(3)).run({ scheduler: new ExploringScheduler(seed) })
          same(outputs, entry.reference(values), `the outputs under seed ${seed}`)
        }
      })
    }
    add('O8', `${valuesName}, run twice`, async () => {
      const pipeline = from(values).pipe(entry.make()).to(limitedSink(256))
      same(await pipeline.run(), entry.reference(values), 'the first run')
      same(await pipeline.run(), entry.reference(values), 'the second run')
    })
  }

  for (const k of [0, 1, 5, 300]) {
    // An operator that has ended by then never sees the failure.
    if (k < (entry.takes ?? ALL)) add('O5', `the source fails after ${k} values`, async () => {
      const probe = manualSource<unknown>()
      const outputs: unknown[] = []
      const run = probe.source.pipe(checked(), entry.make()).to(recordingSink(outputs)).run()
      const values = Array.from({ length: k }, (_, i) => i)
      probe.emit(...values)
      await settle(2)
      probe.fail(BOOM)
      assert((await rejection(run)) === BOOM, 'the run rejects with the original error')
      same(outputs, entry.reference(values), 'what came before the failure')
      assertEqual(run.failure?.stage, 'manual', 'the failure names the stage')
      assertEqual(probe.closeCount, 1, 'the source was closed')
    })
    const { withProbe } = entry
    if (withProbe) {
      add('O6', `user code throws on value ${k}`, async () => {
        const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
        const outputs: unknown[] = []
        const failing = withProbe((value) => { if (value === k) throw BOOM })
        const run = range(0, 1000).pipe(checked(seen), failing).to(recordingSink(outputs)).run()
        assert((await rejection(run)) === BOOM, 'the run rejects with the original error')
        const before = Array.from({ length: k }, (_, i) => i)
        if (entry.ordered !== false) same(outputs, entry.reference(before), 'what came before the failure')
        assertEqual(run.failure?.item, k, 'the failure names the item')
        assertEqual(run.failure?.position, 2, 'the failure names the position')
        assertEqual(seen.closes, 1, 'upstream was closed')
      })
    }
  }

  for (const wanted of [1, 2, 7]) {
    add('O9', `the consumer wants ${wanted} and then no more`, async () => {
      const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      const outputs = await range(0, 10_000).pipe(checked(seen), entry.make()).to(cuttingSink(wanted)).run()
      const all = entry.reference(Array.from({ length: 10_000 }, (_, i) => i))
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
      const run = probe.source.pipe(entry.make()).to(limitedSink(256)).run()
      probe.emit(1, 2, 3)
      await settle(2)
      if (end === 'stop') {
        assertEqual((await run.stop()).status, 'completed', 'the report')
        same(await run, entry.reference([1, 2, 3]), 'the result')
      } else if (run.status === 'running') {
        await run.abort(BOOM)
        assert((await rejection(run)) === BOOM, 'the run rejects with the reason')
      }
      assertEqual(probe.closeCount, 1, 'the source was closed')
    }
  })

  add('O12', 'a hundred thousand values need no deep stack', async () => {
    const values = Array.from({ length: 100_000 }, (_, i) => i)
    same(await from(values).pipe(entry.make()).to(limitedSink(256)).run(), entry.reference(values), 'the outputs')
  })

  for (const { name: valuesName, values } of VALUES) {
    add('T1', `${valuesName}: every ticket is acknowledged once when all was dealt with`, async () => {
      const tracked = trackedSource(values)
      await tracked.source.pipe(entry.make()).to(limitedSink(256)).run()
      const taken = Math.min(values.length, entry.takes ?? ALL)
      assertEqual(tracked.settlements, Array.from({ length: taken }, () => 1), 'settlements')
      assertEqual(tracked.statuses, Array.from({ length: taken }, () => 'ack'), 'statuses')
    })
  }
  add('T2', 'every ticket is settled once when the run is cut off', async () => {
    const tracked = trackedSource(Array.from({ length: 500 }, (_, i) => i))
    await tracked.source.pipe(entry.make()).to(cuttingSink(3)).run()
    assertEqual(tracked.settlements, Array.from({ length: tracked.issued }, () => 1), 'settlements')
  })
  return cases
}

/** How many inputs the first `outputs` outputs need. */
function inputsFor(entry: OperatorEntry, outputs: number): number {
  for (let inputs = 0; inputs < 10_000; inputs++) {
    if (entry.reference(Array.from({ length: inputs }, (_, i) => i)).length >= outputs) {
      // The last output may only be there because the input ended; then one more shows it.
      const longer = entry.reference(Array.from({ length: inputs + 1 }, (_, i) => i))
      const shorter = entry.reference(Array.from({ length: inputs }, (_, i) => i))
      if (JSON.stringify(longer.slice(0, outputs)) === JSON.stringify(shorter.slice(0, outputs))) return inputs
    }
  }
  return 10_000
}

async function rejection(run: PromiseLike<unknown>): Promise<unknown> {
  try {
    await run
  } catch (error) {
    return error
  }
  throw new Error('the run did not reject')
}
