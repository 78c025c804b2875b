import { from, type Operator, type Pullable } from '@sluice/core'
import { asyncOperator, declare, described, finiteNumber, flagged, type Openable, type Puller, type Stage } from '@sluice/core/authoring'
import { Boundaries } from '../timing/boundaries'
import { Decoupled, type TimeOptions } from './decoupled'
import { followNotifier } from './notifier'

const SAMPLE = /* @__PURE__ */ declare('sample', () => ({ options: { emitLast: flagged } }), { drops: 'surplus', holds: 2 })

/** Options of {@link sample}. */
export interface SampleOptions extends TimeOptions {
  /** Whether the value that no sample was taken of comes out when the source ends. Default false, as in RxJS. */
  readonly emitLast?: boolean | undefined
}

/**
 * Looks at the source at given times, and hands on the latest value if there is a new one.
 *
 * - **emits** every `periodMs`, counted from when it was first asked, or whenever the notifier emits: the latest value,
 *   if one has come since the last time
 * - **holds back** neither the source nor the notifier: it keeps consuming, and drops what is not handed on, counted
 * - **completes** when the source completes; the value held is dropped, or comes out where `emitLast` is true. When the
 *   notifier completes nothing is sampled any more
 * - **buffers** at most two values: the latest one, and one that was sampled and is not taken yet, whose place the next
 *   such one takes
 * - **on failure** of source or notifier, as when it completes, then the failure
 * - **on abort** what is held is given up, and its ticket given back; one timer at most, and none while nothing is held
 *
 * ```marble
 * in:          a-b-----c-d-e----|
 * sample(4 -): ----b-------d---e|
 *
 * in:          a-b-c-|
 * sample(4 -): ----b-|
 *
 * in:          a-b--X
 * sample(4 -): ----bX
 * ```
 *
 * @param every a period in ms, 1 or more, or a notifier: anything `from` takes.
 * @param options `emitLast` (default false), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([19, 20, 21]).pipe(sample(1000, { emitLast: true })).to(toArray()).run() // [21]
 * ```
 */
export function sample<A>(every: number | Pullable<unknown>, options?: SampleOptions): Operator<A, A> {
  const given = SAMPLE.read(options)
  const { name, emitLast } = given
  const open = typeof every === 'number' ? periodic<A>(every, emitLast) : notified<A>(from(every), emitLast)
  return described(SAMPLE, given, asyncOperator<A, A>(name, open))
}

type Open<A> = (upstream: Openable<A>, stage: Stage) => Puller<A>

function periodic<A>(periodMs: number, emitLast: boolean): Open<A> {
  finiteNumber('sample', 'periodMs', periodMs, 1)
  return (upstream, stage) => {
    const start = stage.scope.clock.now()
    // No timer ticks while there is nothing to sample: the next tick is a matter of arithmetic.
    const ticks = new Boundaries(periodMs, periodMs)
    const nextTick = (now: number): number => start + ticks.end(ticks.openAt(now - start))
    return new Decoupled(upstream, stage, { came: (now, due) => due ?? nextTick(now) }, emitLast)
  }
}

function notified<A>(notifier: Openable<unknown>, emitLast: boolean): Open<A> {
  return (upstream, stage) => {
    const values = new Decoupled(upstream, stage, { came: () => Infinity }, emitLast)
    return followNotifier(values, stage, notifier, () => { values.release() })
  }
}
