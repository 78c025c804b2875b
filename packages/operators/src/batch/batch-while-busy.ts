import { type Operator, type Outcome, type StageOptions } from '@sluice/core'
import { asyncOperator, decision, declare, described, Gauge, maybeFn, number, type Stage, type Tickets, whole } from '@sluice/core/authoring'
import { OpenBatch } from './open-batch'
import type { Guarded } from './guarded'
import { checkWeight, type WeightOptions } from './weight'
import { WhileBusy, type Keeper } from './while-busy'

const BATCH_WHILE_BUSY = /* @__PURE__ */ declare('batchWhileBusy', () => ({ options: { maxCount: whole(), maxWeight: number(Number.MIN_VALUE).maybe(), weigh: maybeFn, onError: decision } }), ({ maxCount }) => ({ holds: maxCount }))

/** Options of {@link batchWhileBusy}. */
export interface BatchWhileBusyOptions<A> extends StageOptions<A>, WeightOptions<A> {
  /** Values in a batch at most, 1 or more. There is no default: it decides about memory. */
  readonly maxCount: number
}

/**
 * Collects values into an array while downstream is busy: batches are as large as the load makes them, and no value
 * waits while downstream is free.
 *
 * - **emits** what was collected as soon as downstream is ready; a consumer that keeps up gets arrays of one
 * - **holds back** when `maxCount` values are collected, or when the next would make them heavier than `maxWeight`
 * - **completes** when the source has completed and the last batch is out; none is ever empty
 * - **buffers** at most `maxCount` values; with `maxWeight` also the one that did not fit
 * - **on failure** of the source or of `weigh`, what was collected is handed on first; about `weigh` decides `onError`
 * - **on abort** what was collected is given up
 *
 * ```marble
 * in    1-2-3-4-----|
 *       batchWhileBusy({ maxCount: 100 })
 * out   [1]---[2,3,4]-|
 * ```
 *
 * Put it right before what is slow: a stage in between that has a queue keeps up for a while.
 *
 * @param options `maxCount` (required), `maxWeight` with `weigh`, `name`, `onError`.
 * @throws OptionError where an option is wrong or `maxCount` is missing.
 *
 * @example
 * ```ts
 * await from([1]).pipe(batchWhileBusy({ maxCount: 1000 })).to(toArray()).run() // [[1]]
 * ```
 */
export function batchWhileBusy<A>(options: BatchWhileBusyOptions<A>): Operator<A, A[]> {
  const given = BATCH_WHILE_BUSY.read(options)
  const { name, maxCount, onError } = given
  const { maxWeight, weigh } = checkWeight('batchWhileBusy', given) ?? { maxWeight: Infinity, weigh: () => 1 }
  return described(BATCH_WHILE_BUSY, given, asyncOperator<A, A[]>(
    name,
    (upstream, stage) => {
      const keeper = new BatchKeeper<A>(stage, maxCount, maxWeight)
      stage.expose(keeper.gauge)
      return new WhileBusy(upstream, stage, keeper, weigh, onError)
    },
  ))
}

class BatchKeeper<A> implements Keeper<A, number, A[]> {
  readonly #collected: OpenBatch<A>
  readonly #maxCount: number
  readonly #maxWeight: number
  readonly gauge: Gauge

  constructor(stage: Stage, maxCount: number, maxWeight: number) {
    this.#collected = new OpenBatch<A>(stage)
    this.#maxCount = maxCount
    this.#maxWeight = maxWeight
    const collected = this.#collected
    this.gauge = new Gauge({
      capacity: maxCount, maxWeight: maxWeight === Infinity ? undefined : maxWeight,
      get size() { return collected.size },
      get weight() { return collected.weight },
    })
  }

  get size(): number {
    return this.#collected.size
  }

  get isEmpty(): boolean {
    return this.#collected.size === 0
  }

  get isFull(): boolean {
    return this.#collected.size === this.#maxCount || this.#collected.weight >= this.#maxWeight
  }

  take(values: Guarded<A, number>): boolean {
    const { ticket, result: weight } = values
    if (!this.isEmpty && this.#collected.weight + (weight as number) > this.#maxWeight) return false
    this.#collected.add(values.take(), ticket, weight)
    this.gauge.changed()
    return true
  }

  handOver(into: A[][], tickets: Tickets): void {
    this.#collected.handOver(into, 0, tickets)
    this.gauge.changed()
  }

  giveBack(outcome: Outcome): void {
    this.#collected.giveBack(outcome)
    this.gauge.changed()
  }
}
