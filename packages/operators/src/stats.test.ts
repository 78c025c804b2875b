import { describe, expect, it } from 'vitest'
import { forEach, from, type RunStats, type StageStats } from '@sluice/core'
import { captureSites } from '@sluice/core/authoring'
import { seededRandom, VirtualClock } from '@sluice/testing'
import { entries } from './laws/index'

/*
 * What `run.stats()` tells while a run is under way, and after its end, in pipelines of every operator.
 */

const VALUES = [5, 1, 41, 4, 4, 22, 9, 0, 33, 8, 7, 62]
const COUNTS = ['in', 'out', 'dropped', 'errors', 'retries', 'deadLettered', 'overrun', 'workingMs'] as const
const DRAWS = 6

/** A picture for each value that the sink takes, and one of the end. */
async function pictures(entry: (typeof entries)[number], seed: number): Promise<readonly RunStats[]> {
  const random = seededRandom(seed)
  const clock = new VirtualClock()
  const seen: RunStats[] = []
  const use = entry.use((count) => Math.floor(random() * count), { other: () => '', branch: () => '' })
  const run = from(VALUES).pipe(use.make({ clock, other: (index, values = [100 * (index + 1)]) => from(values), branch: () => (same) => same })).to(forEach(async () => {
    seen.push(run.stats())
    await clock.sleep(3)
  })).run({ clock, random: () => 0.5, onWarning: () => {} })
  await clock.runOut(run.then(() => {}, () => {}))
  return [...seen, run.stats()]
}

/** What a count was before, where it was more. */
function fallen(before: StageStats, now: StageStats): string[] {
  return COUNTS.filter((count) => now[count] < before[count]).map((count) => `${now.id}.${count}: ${before[count]}, then ${now[count]}`)
}

describe.each(entries.map((entry) => [entry.name, entry] as const))('%s', (_name, entry) => {
  it('F7: is told in plain JSON, and no count falls', async () => {
    const places = captureSites(false)
    for (let seed = 0; seed < DRAWS; seed++) {
      let before: RunStats | undefined
      for (const stats of await pictures(entry, seed)) {
        expect(JSON.parse(JSON.stringify(stats))).toEqual(stats)
        const known = new Map(before?.stages.map((stage) => [stage.id, stage]))
        expect(stats.stages.flatMap((stage) => (known.has(stage.id) && !stage.inner ? fallen(known.get(stage.id)!, stage) : []))).toEqual([])
        before = stats
      }
    }
    captureSites(places)
  })
})
