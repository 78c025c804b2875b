import { answeredAtOnce } from '../answered'
import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { StageOptions } from '../contract/supervision'
import { Fusion } from '../engine/fusion'
import { filterLoops, mapLoops, type Loops } from '../engine/loops'
import { runningStage } from '../engine/running-stage'
import { checkOnError } from '../engine/supervisor'
import { firstFilter, Step, trackedFilter, type StepLoop, type TrackedLoop } from '../engine/step'
import { optionsOf } from '../options'
import { operatorOf } from './operator'

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
  return perValue(name, create, options, mapLoops)
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
  return perValue(name, create, options, filterLoops, trackedFilter, firstFilter)
}

function perValue<A, B>(
  name: string,
  create: (stage: Stage) => (value: A) => unknown,
  options: StageOptions<A>,
  loops: Loops,
  tracked?: TrackedLoop,
  first?: StepLoop,
): Operator<A, B> {
  const { onError, name: stageName = name } = optionsOf(name, options)
  checkOnError(name, onError)
  return operatorOf<A, B>(stageName, onError, true, (upstream, stage) => {
    const running = runningStage(stage)
    const made = create(stage) as (value: unknown) => unknown
    if (!running.supervised) return new Fusion<B>(running, upstream, new Step(running, made, loops.of(made), tracked, first))
    let current = made
    // Items that are supervised come one by one, and each answer is looked at.
    const call = first ? (value: unknown): unknown => answeredAtOnce(stageName, 'test', current(value)) : (value: unknown): unknown => current(value)
    return Object.assign(new Fusion<B>(running, upstream, new Step(running, call, loops.of(call), tracked)), {
      restart() { current = create(stage) as (value: unknown) => unknown },
    })
  })
}
