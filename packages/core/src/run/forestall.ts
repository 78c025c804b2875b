import type { Pipeline } from '../contract/run'
import type { Openable } from '../contract/source'
import { processWide } from '../copies/process-wide'
import { isRehearsing } from './watch-runs'

/**
 * Is asked before a run begins, or a loop over a source (`for await`).
 *
 * @returns why it must not begin; undefined where it may.
 */
export type Forestaller = (asked: Pipeline<unknown> | Openable<unknown>) => Error | undefined

/** An object, so that all copies of Sluice read the same property. */
const guard = /* @__PURE__ */ processWide<{ by: Forestaller | undefined }>('forestaller', () => ({ by: undefined }))

/**
 * Keeps the runs of the process from beginning, whichever copy of Sluice they belong to. For tools that look at the pipelines of a
 * program and must not run them.
 *
 * A run that is refused opens nothing and calls no function of the pipeline: it is aborted from its first moment, and rejects with what
 * `by` answered, as a run does whose `signal` had been aborted before. Those who watch runs are not told of it. A loop over a source
 * rejects with the same at its first value. While nobody forestalls, a run costs one property read more.
 *
 * @param by is asked with the pipeline, or with the source that is looped over. The latest one is asked, and no other.
 * @returns lets runs begin again; no effect from the second call on, or once somebody else forestalls.
 *
 * @example
 * ```ts
 * import { describePipeline, drain, from } from 'sluice'
 * import { forestallRuns } from '@sluice/core/authoring'
 *
 * const names: string[] = []
 * const allow = forestallRuns((asked) => {
 *   names.push(...describePipeline(asked).stages.map(({ name }) => name))
 *   return new Error('looked at, not run')
 * })
 * await from([1]).to(drain()).run().catch(() => {})
 * allow()
 * names // ['from', 'drain']
 * ```
 */
export function forestallRuns(by: Forestaller): () => void {
  // A function of its own, so that the end of one watch does not end a later one by the same function.
  const asked: Forestaller = (flow) => by(flow)
  guard.by = asked
  return () => { if (guard.by === asked) guard.by = undefined }
}

/** Why what is about to begin must not; undefined where it may. The library's own runs are nobody's business. */
export function refusalOf(asked: Pipeline<unknown> | Openable<unknown>): Error | undefined {
  const { by } = guard
  return by === undefined || isRehearsing() ? undefined : by(asked)
}
