import type { Stage } from '../contract/stage'
import { processWide } from '../copies/process-wide'
import { runningStage } from '../engine/running-stage'
import { siteOf } from '../observe/site-of'

/** A stage that calls a function for each item. */
export interface CallingStage {
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  /** Where the stage was built, as `file:line:column`; null where that is not known. Made of a stack when somebody asks. */
  readonly site: string | null
  /** The run has been aborted, or has failed, or the stage has ended before: calls are cut off. */
  readonly isCutOff: boolean
}

/** Calls the function by `call`, once, and answers what that answers; what it throws, it throws. */
export type AroundCall = (call: () => unknown, item: unknown, attempt: number) => unknown

type Surround = (stage: CallingStage) => AroundCall | undefined

const all = /* @__PURE__ */ processWide('call surroundings', () => new Set<Surround>())

/**
 * Puts something around the calls of functions of stages that are opened from now on: of `mapAsync` and its like, of `forEach`, of `mapWorkers`,
 * where it is the way to the thread and back, and of what an author has handed to `surrounded`. For tools that measure or trace single items. Each
 * try is a call of its own.
 *
 * A stage asks when it is opened: while nobody surrounds calls, or answers undefined for that stage, a call costs nothing more.
 *
 * @param surround is asked once for each stage that is opened. What it throws fails no run: it is reported as an unhandled rejection.
 * @returns ends it for stages that are opened later; no effect from the second call on.
 *
 * @example
 * ```ts
 * import { aroundCalls } from '@sluice/core/authoring'
 *
 * const end = aroundCalls(({ name }) => (call, item, attempt) => {
 *   console.log(name, item, attempt)
 *   return call()
 * })
 * end()
 * ```
 */
export function aroundCalls(surround: Surround): () => void {
  const own: Surround = (stage) => surround(stage)
  all.add(own)
  return () => { all.delete(own) }
}

/**
 * The function of a stage with what is around its calls (`aroundCalls`): the function itself where nothing is. For authors whose stages call
 * a function for each item, so that a tool that traces items sees them as well.
 *
 * @param work gets the item and a context with the `attempt`, as `FunctionCalls` calls it.
 *
 * @example
 * ```ts
 * import { from, toArray } from 'sluice'
 * import { asyncOperator, CallStage, FunctionCalls, surrounded } from '@sluice/core/authoring'
 *
 * const doubled = asyncOperator<number, number>('doubled', (upstream, stage) => new CallStage<number, number>(upstream, stage, {
 *   emits: 'result', order: 'entered', tells: 'of failures', onError: 'fail',
 *   maker: (calls) => new FunctionCalls<number, number>(calls, surrounded(stage, async (n: number) => n * 2), 4, 0),
 * }))
 * await from([1, 2, 3]).pipe(doubled).to(toArray()).run() // [2, 4, 6]
 * ```
 */
export function surrounded<A, C extends { readonly attempt: number }, R>(stage: Stage, work: (item: A, context: C) => R): (item: A, context: C) => R {
  if (all.size === 0) return work
  const told = tellOf(stage)
  let made = work
  for (const surround of all) {
    const inner = made
    const around = safely(() => surround(told))
    if (around) made = (item, context) => around(() => inner(item, context), item, context.attempt) as R
  }
  return made
}

function tellOf(stage: Stage): CallingStage {
  const running = runningStage(stage)
  return {
    name: stage.name,
    kind: running.kind,
    get site() { return siteOf(running) },
    get isCutOff() { return stage.scope.signal.aborted || running.outcome !== undefined },
  }
}

/** A tool fails no run. */
function safely(ask: () => AroundCall | undefined): AroundCall | undefined {
  try {
    return ask()
  } catch (error) {
    void Promise.reject(error)
    return undefined
  }
}
