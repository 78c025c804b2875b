import { DeadlockError } from '../errors'
import type { RunScope } from './run-scope'
import type { RunningStage } from './running-stage'

type AnyStage = RunningStage<unknown>

/**
 * Looks whether a run that is at rest can ever go on.
 *
 * ```text
 *   mergeMap ── waits for a value of ─▶ group a ── is fed by ─▶ groupBy ── waits for room in ─▶ group c ── nobody reads it
 * ```
 *
 * Called when no task of the run is ready. Every stage that has answered PENDING must be explained by another stage of the
 * run: an upstream that has answered PENDING as well, the stage that feeds it, or a task of its own that waits for input or
 * for room. One stage that is not explained waits for something outside, and the run is only waiting.
 *
 * @returns the error that names the circle, and the stage that is full; undefined where something may still come.
 */
export function findDeadlock(scope: RunScope): { readonly stage: AnyStage; readonly error: DeadlockError } | undefined {
  const { stages, tasks: { heldUp } } = scope
  // Without a list: a run looks whenever it comes to rest, which is once a value for a source that is waited for.
  for (const stage of stages) if (stage.outcome === undefined && !heldUp.has(stage) && waitsOutside(stage)) return undefined
  const live = [...stages].filter((stage) => stage.outcome === undefined)
  const [holder] = heldUp.values()
  const full = holder ?? live.find((stage) => stage.kind !== 'sink' && stage.tasks.some(({ state }) => state === 'backpressured'))
  if (full === undefined) return undefined
  const circle = circleOf(full, live)
  const where = circle.length > 1 ? ` (${circle.join(' waits for ')})` : ''
  const error = new DeadlockError(
    `${scope.name}: nothing can go on: '${full.name}' holds values that nobody reads, and everything else waits for '${full.name}'${where}. ` +
    'Read all of its outputs side by side, or give it more room',
    circle,
  )
  return { stage: full, error }
}

/** Something that is not a stage of this run may wake the stage. */
function waitsOutside(stage: AnyStage): boolean {
  if (stage.feedsOtherRuns) return true
  for (const { state } of stage.tasks) {
    if (state === 'busy') return true
    // A sink says by itself when it takes more: a reader or a socket behind it decides.
    if (state === 'backpressured' && stage.kind === 'sink') return true
  }
  if (!stage.isPending) return false
  if (stage.feeder !== undefined || stage.tasks.length > 0) return false
  for (const upstream of stage.upstreams) if (upstream.isPending) return false
  return true
}

/** The names of the stages from the one that is full to the one that waits for it. */
function circleOf(full: AnyStage, live: readonly AnyStage[]): string[] {
  const names = [full.name]
  const waiting = live.find((stage) => (stage.feeder === full || stage.scope.tasks.heldUp.get(stage) === full) && stage.isPending)
  for (let stage = waiting; stage !== undefined && stage !== full; stage = stage.consumer) {
    if (!names.includes(stage.name)) names.push(stage.name)
  }
  return names.reverse()
}
