import type { Puller } from '../contract/puller'
import type { Openable, Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import { RunningStage } from '../engine/running-stage'
import { depthOf, Flow } from '../run/flow'

/**
 * Makes an operator that opens its upstream itself, because it is woken by it: one with a task of its own (a joint,
 * calls in flight), or with several upstreams.
 *
 * The author sees to supervision, with {@link Trials}, since items are in flight side by side.
 *
 * @param name shown in failures, stats and the graph.
 * @param open opens `upstream` with `stage.open(upstream, wake)` and makes the running half. A failure of an upstream
 * that is pulled inside a `stage.task` fails the stage: see {@link Stage.fail} for what the puller answers then.
 *
 * @example
 * ```ts
 * const decouple = <T>(capacity: number) =>
 *   asyncOperator<T, T>('decouple', (upstream, stage) => new Joint(upstream, stage, { capacity }))
 * ```
 */
export function asyncOperator<A, B>(
  name: string,
  open: (upstream: Openable<A>, stage: Stage) => Puller<B>,
): Operator<A, B> {
  return (upstream) =>
    new Flow<B>((scope, wake, told) => {
      const stage = new RunningStage<B>(scope, 'operator', name, wake, told)
      return stage.start(() => open(upstream, stage))
    }, depthOf(upstream) + 1, undefined, { name, inputs: [upstream] })
}
