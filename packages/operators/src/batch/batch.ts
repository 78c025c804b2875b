import { type Operator, type StageOptions } from '@sluice/core'
import { decision, declare, described, maybeFn, ms, number, operator, Rehearsal, whole } from '@sluice/core/authoring'
import { CountedBatches } from './counted-batches'
import { checkWeight, type WeightOptions } from './weight'
import { weightedBatches } from './weighted-batches'

const BATCH = /* @__PURE__ */ declare('batch', () => ({ args: { count: whole() }, options: { withinMs: ms().maybe(), maxWeight: number(Number.MIN_VALUE).maybe(), weigh: maybeFn, onError: decision } }), ({ count }) => ({ holds: count }))

const rehearsal = /* @__PURE__ */ new Rehearsal(() => batch(4), 16)

/** Options of {@link batch}. */
export interface BatchOptions<A> extends StageOptions<A>, WeightOptions<A> {
  /** A batch that is not full is handed on so many ms after its first value came. Default: it waits until it is full. */
  readonly withinMs?: number | undefined
}

/**
 * Groups values into arrays.
 *
 * - **emits** when `count` values are there, when the next value would make them heavier than `maxWeight`, when
 *   `withinMs` have passed since the first of them, and at the end
 * - **holds back** when downstream does: nothing is collected while no batch is wanted
 * - **completes** when the source completes; what is left comes out as a last, shorter batch, and none is ever empty
 * - **buffers** at most `count` values; with `maxWeight` also the one that did not fit
 * - **on failure** of the source, what was collected is handed on first; so it is when `weigh` fails, about which
 *   `onError` decides
 * - **on abort** what was collected is given up; one timer at most, and only while a batch is incomplete
 *
 * A value that is heavier than `maxWeight` makes a batch of its own; otherwise a batch never weighs more.
 *
 * ```marble
 * in    1-2-3-4-5-|
 *       batch(2)
 * out   --[1,2]---[3,4]-[5]|
 * ```
 *
 * @param count values in a full batch, 1 or more.
 * @param options `withinMs` in ms, `maxWeight` with `weigh`, `name`, `onError`.
 * @throws OptionError where an option is wrong, or only one of `maxWeight` and `weigh` is given.
 *
 * @example
 * ```ts
 * const requests = batch<string>(500, { withinMs: 200, maxWeight: 1e6, weigh: (text) => text.length })
 * await range(1, 5).pipe(batch(2)).to(toArray()).run() // [[1, 2], [3, 4], [5]]
 * ```
 */
export function batch<A>(count: number, options?: BatchOptions<A>): Operator<A, A[]> {
  const given = BATCH.read(options, { count })
  const { name, withinMs, onError } = given
  rehearsal.later()
  const weight = checkWeight('batch', given)
  return described(BATCH, { ...given, count }, operator<A, A[]>(
    name,
    (upstream, stage) =>
      weight
        ? weightedBatches(upstream, stage, { count, withinMs, onError, ...weight })
        : new CountedBatches(upstream, stage, count, withinMs),
    { name },
  ))
}
