import type { Run } from '../../contract/run'
import type { Warning } from '../../contract/warning'
import { processWide } from '../../copies/process-wide'
import { declare } from '../../options/declare'
import { fn } from '../../options/rules'
import { scopeOf } from '../run-stage'

const WATCH = /* @__PURE__ */ declare('watchWarnings', () => ({ args: { told: fn } }))

type Watcher = (warning: Warning) => void

interface Watchers {
  readonly ofAll: Set<Watcher>
  /** By the scope of the run, which lives no longer because of them. */
  readonly ofOne: WeakMap<object, Set<Watcher>>
}

/** Of all copies of Sluice: a tool watches once. */
const watchers = /* @__PURE__ */ processWide('warning watchers', (): Watchers => ({ ofAll: new Set(), ofOne: new WeakMap() }))

/**
 * Tells of the warnings of all runs, or of one: a stall, a deadlock, values that were dropped, a stage that holds the event loop. For tools that
 * write them down; a pipeline has `onWarning`, which is told as well.
 *
 * A run without `onWarning` writes no line to the console while somebody watches it here.
 *
 * @param told must be quick. What it throws fails no run: it is reported as an unhandled rejection.
 * @param run only this run, which is not kept alive by that; of one that has ended nothing more is told. Default: all runs of the process.
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
  const those = run === undefined ? watchers.ofAll : watchersOf(scopeOf('watchWarnings', run))
  // A function of its own for each watch: the same one may be given twice.
  const watcher: Watcher = (warning) => { told(warning) }
  those.add(watcher)
  return () => { those.delete(watcher) }
}

function watchersOf(scope: object): Set<Watcher> {
  const known = watchers.ofOne.get(scope)
  if (known) return known
  const made = new Set<Watcher>()
  watchers.ofOne.set(scope, made)
  return made
}

/** Whether somebody watches the run of this scope. */
export function isWatched(scope: object): boolean {
  return watchers.ofAll.size + (watchers.ofOne.get(scope)?.size ?? 0) > 0
}

/** Tells those who watch the run of this scope. */
export function tellWatchers(scope: object, warning: Warning): void {
  for (const told of [...watchers.ofAll, ...(watchers.ofOne.get(scope) ?? [])]) {
    try {
      told(warning)
    } catch (error) {
      void Promise.reject(error)
    }
  }
}
