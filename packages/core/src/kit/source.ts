import type { Puller } from '../contract/puller'
import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import { RunningStage } from '../engine/running-stage'
import { Flow } from '../run/flow'

/**
 * Makes a source of an idea: what a pull answers.
 *
 * `open` is called once per run, so all state belongs inside it; where it throws, the first pull does. The kernel
 * ends the source at most once, counts, names its failures, and ends it early when the run is stopped.
 *
 * @param name shown in failures, stats and the graph.
 * @param open makes the running half. `stage.wake()` after a `PENDING` says that asking again may pay.
 *
 * @example
 * ```ts
 * const countdown = (from: number) =>
 *   source<number>('countdown', () => {
 *     let left = from
 *     return {
 *       pull(into, limit) {
 *         const count = Math.min(limit, left)
 *         for (let i = 0; i < count; i++) into[i] = left--
 *         return count > 0 ? count : DONE
 *       },
 *     }
 *   })
 * await countdown(3).to(toArray()).run() // [3, 2, 1]
 * ```
 */
export function source<T>(name: string, open: (stage: Stage) => Puller<T>): Source<T> {
  return new Flow<T>((scope, wake, told) => {
    const stage = new RunningStage<T>(scope, 'source', name, wake, told)
    return stage.start(open)
  }, 1, undefined, { name })
}
