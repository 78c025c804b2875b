import type { Within } from '../contract/context'
import type { Run } from '../contract/run'
import { contextCarriers } from '../copies/context-carriers'
import { processWide } from '../copies/process-wide'

/** Is told of a run that begins. */
export type RunWatcher = (run: Run<unknown>) => void

const watchers = /* @__PURE__ */ processWide('watchers', () => new Set<RunWatcher>())

/** The library's own runs are nobody's business: see `Rehearsal`. */
let rehearses = false

/** Whether the run that begins is a rehearsal. */
export function isRehearsing(): boolean {
  return rehearses
}

/**
 * Tells of every run of the process that begins from now on, whichever copy of Sluice it belongs to. For tools that show what runs:
 * they need no reference to a pipeline of the program that they look at.
 *
 * Nothing is kept of a run: a tool that wants to list the runs keeps those that have not ended, and `onRunEnd` tells when one
 * has. A loop over a source (`for await`) is no run. While nobody watches, a run costs one look at an empty set more.
 *
 * @param watcher is called when the run has been opened, before its first value. What it throws fails no run: it is reported as an
 *   unhandled rejection.
 * @returns ends the watch; no effect from the second call on.
 *
 * @example
 * ```ts
 * import { drain, from } from 'sluice'
 * import { watchRuns } from '@sluice/core/authoring'
 *
 * const names: string[] = []
 * const unwatch = watchRuns((run) => { names.push(run.name) })
 * await from([1]).to(drain()).run({ name: 'nightly' })
 * unwatch()
 * names // ['nightly']
 * ```
 */
export function watchRuns(watcher: RunWatcher): () => void {
  // A function of its own for each watch: the same watcher twice is two watches.
  const told: RunWatcher = (run) => { watcher(run) }
  watchers.add(told)
  return () => { watchers.delete(told) }
}

/** The context in which a run begins, where that is carried. */
export function contextOf(run: Run<unknown> | undefined): Within | undefined {
  const { ofRun } = contextCarriers
  return ofRun === undefined || rehearses ? undefined : ofRun(run)
}

/** A run has been opened. */
export function runHasBegun(run: Run<unknown>): void {
  if (watchers.size === 0 || rehearses) return
  for (const watcher of [...watchers]) {
    try {
      watcher(run)
    } catch (error) {
      void Promise.reject(error)
    }
  }
}

/** Nobody is told of the runs that `begin` begins. */
export function rehearsing(begin: () => void): void {
  rehearses = true
  try {
    begin()
  } finally {
    rehearses = false
  }
}
