import type { Sink } from '@sluice/core'
import { assert, assertEqual } from '../probe/assert'
import { checked } from '../probe/checked'
import { manualSource } from '../probe/manual-source'
import { trackedSource } from '../probe/tracked-source'
import { ExploringScheduler } from '../schedule/exploring-scheduler'
import { SpentScheduler } from '../schedule/spent-scheduler'
import { settle } from '../time/settle'
import { Draw } from './draw'
import type { LawCase } from './law-case'
import { SHAPES, VALUES } from './shapes'

/** An entry of the law suite: a sink, and its result for a list of values. */
export interface SinkEntry {
  readonly name: string
  readonly make: () => Sink<unknown, unknown>
  readonly expected: (values: readonly unknown[]) => unknown
  /** Values it takes at most. Default: all. */
  readonly wants?: number
}

const BOOM = new Error('boom')

/** Generates the cases of one sink. */
export function sinkLaws(entry: SinkEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${entry.name}: ${name}`, run })
  }
  const draw = new Draw(entry.name)
  for (const shape of SHAPES) {
    for (const { name, values } of draw.two(VALUES)) {
      add('K1', `${name} ${shape.name}`, async () => {
        assertEqual(await shape.make(values).pipe(checked()).to(entry.make()).run(), entry.expected(values), 'the result')
        for (let seed = 1; seed <= 4; seed++) {
          const result = await shape.make(values).pipe(checked()).to(entry.make()).run({ scheduler: new ExploringScheduler(seed) })
          assertEqual(result, entry.expected(values), `the result under seed ${seed}`)
        }
        const result = await shape.make(values).pipe(checked()).to(entry.make()).run({ scheduler: new SpentScheduler() })
        assertEqual(result, entry.expected(values), 'the result where every slice is used up')
      })
    }
  }
  for (const { name, values } of VALUES) {
    add('K4', `${name}: every ticket it was given is acknowledged once`, async () => {
      const tracked = trackedSource(values)
      await tracked.source.pipe(checked()).to(entry.make()).run()
      const taken = Math.min(values.length, entry.wants ?? Infinity)
      assertEqual(tracked.statuses, Array.from({ length: taken }, () => 'ack'), 'statuses')
      assertEqual(tracked.settlements, Array.from({ length: taken }, () => 1), 'settlements')
    })
  }
  add('K2', 'a failing source fails the run with the original error', async () => {
    const probe = manualSource<unknown>()
    const run = probe.source.to(entry.make()).run()
    probe.fail(BOOM)
    let failure: unknown
    await run.then(undefined, (error: unknown) => { failure = error })
    assert(failure === BOOM, `saw ${String(failure)}`)
  })
  add('K3', 'an abort ends it, and nothing is written afterwards', async () => {
    const probe = manualSource<unknown>()
    const run = probe.source.to(entry.make()).run()
    await settle(1)
    await run.abort(BOOM)
    assertEqual(run.status, 'aborted', 'the status')
    const { pulls } = probe
    probe.emit(1)
    await settle(1)
    assertEqual(probe.pulls, pulls, 'pulls after the abort')
  })
  add('K5', 'the same sink serves two runs at once', async () => {
    const sink = entry.make()
    const values = [1, 2, 3]
    // By turns: a sink that keeps its state between runs gets away with two that follow each other.
    const probes = [manualSource<unknown>(), manualSource<unknown>()]
    const runs = Promise.all(probes.map(({ source }) => source.to(sink).run()))
    for (const value of values) {
      for (const probe of probes) {
        probe.emit(value)
        await settle(1)
      }
    }
    for (const probe of probes) probe.end()
    const [one, two] = await runs
    assertEqual(one, entry.expected(values), 'the first run')
    assertEqual(two, entry.expected(values), 'the second run')
  })
  return cases
}
