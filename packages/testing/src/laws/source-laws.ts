import type { Source } from '@sluice/core'
import { assert, assertEqual } from '../probe/assert'
import { checked, type Seen } from '../probe/checked'
import { ExploringScheduler } from '../schedule/exploring-scheduler'
import type { LawCase } from './law-case'
import { cuttingSink, limitedSink } from './limited-sink'

/** An entry of the law suite: a source that ends, and what comes out of it. */
export interface SourceEntry {
  readonly name: string
  readonly make: () => Source<unknown>
  readonly expected: readonly unknown[]
  /** False where what it is made of can be read only once. Default true. */
  readonly rerunnable?: boolean
}

/** Generates the cases of one source. */
export function sourceLaws(entry: SourceEntry): LawCase[] {
  const cases: LawCase[] = []
  const add = (law: string, name: string, run: () => Promise<void>): void => {
    cases.push({ law, name: `${law}: ${entry.name}: ${name}`, run })
  }
  for (const limit of [1, 2, 7, 256]) {
    add('S1', `emits its values in order, demand ${limit}`, async () => {
      assertEqual(await entry.make().pipe(checked()).to(limitedSink(limit)).run(), entry.expected, 'the values')
    })
    add('S2', `takes any interleaving, demand ${limit}`, async () => {
      for (let seed = 1; seed <= 25; seed++) {
        const values = await entry.make().pipe(checked()).to(limitedSink(limit)).run({ scheduler: new ExploringScheduler(seed) })
        assertEqual(values, entry.expected, `the values under seed ${seed}`)
      }
    })
  }
  for (let wanted = 1; wanted <= Math.min(4, entry.expected.length); wanted++) {
    add('S3', `gives ${wanted} and is closed`, async () => {
      const seen: Seen = { pulls: 0, values: 0, closes: 0, ended: false }
      assertEqual(await entry.make().pipe(checked(seen)).to(cuttingSink(wanted)).run(), entry.expected.slice(0, wanted), 'the values')
      assertEqual(seen.values, wanted, 'values read')
      assertEqual(seen.closes, 1, 'closed')
    })
  }
  add('S4', 'ends when the run is stopped at once', async () => {
    const run = entry.make().to(limitedSink(256)).run()
    const report = await run.stop({ deadlineMs: 2000 })
    assertEqual(report.status, 'completed', 'the report')
    assertEqual(report.unstopped, [], 'stages that did not stop')
    const values = await run
    assertEqual(values, entry.expected.slice(0, values.length), 'a prefix')
  })
  add('S5', 'for await takes its values and leaves it closed', async () => {
    const values: unknown[] = []
    for await (const value of entry.make()) {
      values.push(value)
      if (values.length === 2) break
    }
    assertEqual(values, entry.expected.slice(0, 2), 'the values')
  })
  if (entry.rerunnable !== false) {
    add('S6', 'two runs at once know nothing of each other', async () => {
      const source = entry.make()
      const [one, two] = await Promise.all([source.to(limitedSink(1)).run(), source.to(limitedSink(256)).run()])
      assertEqual(one, entry.expected, 'the first run')
      assertEqual(two, entry.expected, 'the second run')
    })
  }
  assert(cases.length > 0, 'no cases')
  return cases
}
