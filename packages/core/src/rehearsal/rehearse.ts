import type { Pipeline } from '../contract/run'
import { macrotask } from '../engine/macrotask'
import { SliceScheduler } from '../engine/slice-scheduler'
import { afterRun } from '../run/after-run'
import { rehearsing } from '../run/watch-runs'
import { unseen } from '../site/capture'

/** Makes pipelines of the library's own. */
export type Rehearsed = () => readonly Pipeline<unknown>[]

/** Pipelines, and their runs at rest. */
const kept: unknown[] = []
const due: Rehearsed[] = []

/** Keeps one object of a kind of which a rehearsal leaves none. */
export function keep(one: object): void {
  kept.push(one)
}

/** Runs pipelines as far as they go at once, and keeps the runs. Answers how much is kept. */
export function rehearse(make: Rehearsed): number {
  // One of its own, for it works at once; and the fairness between runs of a user is none of its business.
  const scheduler = new SliceScheduler()
  scheduler.dispatch(() => {
    rehearsing(() => {
      for (const pipeline of unseen(make)) kept.push([pipeline, pipeline.run({ scheduler, name: 'rehearsal' })])
    })
  })
  return kept.length
}

/** The same when a run has ended: whoever runs one pipeline, once, does not wait for it. */
export function rehearseLater(make: Rehearsed): void {
  if (due.push(make) === 1) afterRun.call = () => { macrotask(rehearseWhatIsDue) }
}

function rehearseWhatIsDue(): void {
  for (const make of due.splice(0)) rehearse(make)
}
