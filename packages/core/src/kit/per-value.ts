import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { StageOptions } from '../contract/supervision'
import { FusedStage, stepPuller, type Step } from '../engine/fused-stage'
import { superviseOperator } from '../engine/replay'
import { runningStage } from '../engine/running-stage'
import { FilterStep, MapStep } from '../engine/steps'
import { checkOnError, supervisorOf } from '../engine/supervisor'
import { Flow } from '../run/flow'

/**
 * Makes an operator that turns each value into one value: the batch loop, partial batches, tickets, supervision and
 * fusion with its neighbours are the kernel's.
 *
 * @param create called once per run; answers the function that is called for each value, so state lives in between.
 *
 * @example
 * ```ts
 * const runningTotal = () => mapping('runningTotal', () => { let sum = 0; return (n: number) => (sum += n) })
 * await from([1, 2, 3]).pipe(runningTotal()).to(toArray()).run() // [1, 3, 6]
 * ```
 */
export function mapping<A, B>(
  name: string,
  create: (stage: Stage) => (value: A) => B,
  options: StageOptions<A> = {},
): Operator<A, B> {
  return perValue(name, (stage) => new MapStep<A, B>(runningStage(stage), create(stage)), options)
}

/**
 * Makes an operator that keeps or drops each value. A dropped value's ticket is acknowledged: it was dealt with.
 *
 * @param create called once per run; answers the test that is called for each value.
 *
 * @example
 * ```ts
 * const rising = () => filtering<number>('rising', () => { let top = -Infinity; return (n) => n > top && ((top = n), true) })
 * await from([1, 3, 2, 4]).pipe(rising()).to(toArray()).run() // [1, 3, 4]
 * ```
 */
export function filtering<A, B extends A = A>(
  name: string,
  create: (stage: Stage) => (value: A) => unknown,
  options: StageOptions<A> = {},
): Operator<A, B> {
  return perValue(name, (stage) => new FilterStep<A>(runningStage(stage), create(stage)), options)
}

function perValue<A, B>(name: string, makeStep: (stage: Stage) => Step, options: StageOptions<A>): Operator<A, B> {
  checkOnError(name, options.onError)
  return (upstream) =>
    new Flow<B>((scope, wake) => {
      const stage = new FusedStage<B>(scope, 'operator', options.name ?? name, wake)
      const outlet = stage.open(upstream, wake)
      return stage.start(() => {
        const step = makeStep(stage)
        const supervisor = supervisorOf(stage, options.onError)
        if (supervisor) return superviseOperator(outlet, stage, supervisor, (replay) => stepPuller<B>(replay, step))
        stage.fuse(outlet, step)
        return undefined
      })
    })
}
