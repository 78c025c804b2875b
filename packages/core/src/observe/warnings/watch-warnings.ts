import type { Run } from '../../contract/run'
import type { Warning } from '../../contract/warning'
import { processWide } from '../../copies/process-wide'
import { declare } from '../../options/declare'
import { fn } from '../../options/rules'
import { scopeOf } from '../run-stage'

const WATCH = /* @__PURE__ */ declare('watchWarnings', () => ({ args: { told: fn } }))

interface Watcher {
  readonly told: (warning: Warning) => void
  /** The scope of the only run that is meant; undefined where all are. */
  readonly only: object | undefined
}

/** Of all copies of Sluice: a tool watches once. */
const watchers = /* @__PURE__ */ processWide('warning watchers', () => new Set<Watcher>())

/**
 * Tells of the warnings of all runs, or of one: a stall, a deadlock, values that were dropped, a stage that holds the event loop. For tools that
 * write them down; a pipeline has `onWarning`, which is told as well.
 *
 * A run without `onWarning` writes no line to the console while somebody watches it here.
 *
 * @param told must be quick. What it throws fails no run: it is reported as an unhandled rejection.
 * @param run only this run. Default: all runs of the process.
 * @returns ends the watch; no effect from the second call on.
 * @throws OptionError where `told` is no function; TypeError where `run` is given and no run.
 *
 * @example
 * ```ts
 * import { watchWarnings } from '@sluice/core/authoring'
 *
 * const lines: string[] = []
 * const unwatch = watchWarnings(({ kind, stage, site }) => { lines.push(`${kind} at ${stage} (${site})`) })
 * unwatch()
 * ```
 */
export function watchWarnings(told: (warning: Warning) => void, run?: Run<unknown>): () => void {
  WATCH.read(undefined, { told })
  const watcher: Watcher = { told, only: run && scopeOf('watchWarnings', run) }
  watchers.add(watcher)
  return () => { watchers.delete(watcher) }
}

/** Whether somebody watches the run of this scope. */
export function isWatched(scope: object): boolean {
  for (const { only } of watchers) if (only === undefined || only === scope) return true
  return false
}

/** Tells those who watch the run of this scope. */
export function tellWatchers(scope: object, warning: Warning): void {
  for (const { only, told } of [...watchers]) {
    if (only !== undefined && only !== scope) continue
    try {
      told(warning)
    } catch (error) {
      void Promise.reject(error)
    }
  }
}
