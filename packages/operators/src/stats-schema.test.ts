import { setTimeout } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { BoundedQueue, deadLetter, forEach, from, toQueue, type Run, type RunStats } from '@sluice/core'
import { captureSites } from '@sluice/core/authoring'
import { seededRandom, VirtualClock } from '@sluice/testing'
import { schemaProblems } from '../../../test/stats-schema'
import { buffer, filter, map, mapAsync, mapAsyncKeyed, mergeMap, throttle } from './index'
import { entries } from './laws/index'

/*
 * F8: what `run.stats()` answers is what docs/stats.schema.json says of it, for every operator, at any time and after any end.
 */

const VALUES = [5, 1, 41, 4, 4, 22, 9, 0, 33, 8, 7, 62]

function* failing(): Generator<number> {
  yield* VALUES
  throw new Error('the source')
}

/** What is done at the third value, and with it. */
const ENDINGS: Readonly<Record<string, { readonly source?: () => Iterable<number>; readonly third?: (run: Run<unknown>, abort: AbortController) => unknown }>> = {
  'comes to its end': {},
  'has a source that fails': { source: failing },
  'has a sink that fails': { third: () => Promise.reject(new Error('the sink')) },
  'is paused': { third: (run) => { run.pause(); queueMicrotask(() => { run.resume() }) } },
  'is stopped': { third: (run) => { void run.stop() } },
  'is aborted': { third: (_run, abort) => { abort.abort() } },
}

/** Pictures of a run at its begin, at each value of its sink, after what is done to it, and at its end. */
async function pictures(entry: (typeof entries)[number], { source = () => VALUES, third = () => {} }: (typeof ENDINGS)[string], seed: number): Promise<readonly RunStats[]> {
  const random = seededRandom(seed)
  const clock = new VirtualClock()
  const abort = new AbortController()
  const seen: RunStats[] = []
  const use = entry.use((count) => Math.floor(random() * count), { other: () => '', branch: () => '' })
  const run = from(source()).pipe(use.make({ clock, other: (index, values = [100 * (index + 1)]) => from(values), branch: () => (same) => same })).to(forEach(async () => {
    seen.push(run.stats())
    if (seen.length === 4) {
      await third(run, abort)
      seen.push(run.stats())
    }
    await clock.sleep(3)
  })).run({ clock, signal: abort.signal, random: () => 0.5, onWarning: () => {} })
  seen.push(run.stats())
  await clock.runOut(run.then(() => {}, () => {}))
  return [...seen, run.stats()]
}

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
  it.each(Object.entries(ENDINGS))('F8: its stats are what the schema says where the run %s', async (_ending, how) => {
    for (let seed = 0; seed < 3; seed++) for (const stats of await pictures(entry, how, seed)) expect(schemaProblems(stats)).toEqual([])
  })
})

/** Pictures of a run on the clock of the platform in which something of everything happens. */
async function everything(): Promise<readonly RunStats[]> {
  const places = captureSites('every')
  const seen: RunStats[] = []
  const letters = new BoundedQueue<unknown>({ capacity: 100 })
  const busy = (n: number): void => {
    const until = performance.now() + (n === 3 ? 60 : 0)
    while (performance.now() < until);
  }
  const run = from(Array.from({ length: 40 }, (_, i) => i)).pipe(
    map((n) => { busy(n); return n }),
    buffer(8, { maxWeight: 9.5, weigh: (n) => 0.5 + n / 100 }),
    throttle({ rate: { count: 2, perMs: 0.5, burst: 3 }, cost: 1.5 }),
    mapAsync(async (n) => { if (n % 10 === 7) throw new Error(`no ${n}`); await setTimeout(2); return n }, { concurrency: 3, onError: deadLetter(toQueue(letters)) }),
    mapAsyncKeyed(() => 'hot', async (n) => { await setTimeout(5); return n }, { concurrency: 4 }),
    mergeMap((n) => from([n, n]), { concurrency: 2 }),
    filter((n) => n % 3 !== 0),
  ).to(forEach(async () => { seen.push(run.stats()) }, { concurrency: 2 })).run({ name: 'everything', onWarning: () => {} })
  await run
  captureSites(places)
  return [...seen, run.stats()]
}

/** All objects in a value, with where they are. */
function* objectsIn(value: unknown, at = ''): Generator<readonly [at: string, object]> {
  if (typeof value !== 'object' || value === null) return
  yield [at, value]
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${key}`)
}

/** Maps have keys of the program; everything else has the properties that the schema names. */
const isMap = (at: string): boolean => /(heldBy|detail|causes\/\w+|reasons\/\w+)$/.test(at)

describe('docs/stats.schema.json', () => {
  it('F8: is what a run tells in which something of everything happens', async () => {
    const seen = await everything()
    expect(seen.flatMap(schemaProblems)).toEqual([])
    // What the schema says of it is tried only where it is there.
    const told = new Set(seen.flatMap(({ stages }) => stages.flatMap((stage) => Object.entries(stage).flatMap(([key, value]) => (value === null ? [] : [key])))))
    for (const stage of seen[0]!.stages) expect(Object.keys(stage).filter((key) => !told.has(key))).toEqual([])
  })

  it('F8: refuses a property that is missing, one that is unknown, and figures that are none', async () => {
    const seen = await everything()
    for (const stats of [seen[0]!, seen.at(-1)!]) {
      for (const [at, object] of objectsIn(stats)) {
        if (Array.isArray(object) || isMap(at)) continue
        const fields = object as Record<string, unknown>
        fields['unknown'] = 1
        expect(schemaProblems(stats), `unknown in ${at}`).not.toEqual([])
        delete fields['unknown']
        for (const [key, value] of Object.entries(fields)) {
          Reflect.deleteProperty(fields, key)
          expect(schemaProblems(stats), `${at}/${key} missing`).not.toEqual([])
          for (const wrong of [undefined, NaN, Infinity, -1, [{}], ...(typeof value === 'number' ? ['1'] : [])]) {
            fields[key] = wrong
            expect(schemaProblems(stats), `${at}/${key}: ${typeof wrong === 'object' ? 'an object' : String(wrong)}`).not.toEqual([])
          }
          fields[key] = value
        }
      }
      expect(schemaProblems(stats)).toEqual([])
    }
  })
})
