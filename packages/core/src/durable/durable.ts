import { reasonOf, type Outcome } from '../contract/outcome'
import type { Openable, Operator } from '../contract/source'
import type { Stage, StageState } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { Feed, type Keeper } from '../engine/feed'
import { asyncOperator } from '../kit/async-operator'
import { described } from '../kit/described'
import { declare } from '../options/declare'
import { Deliveries } from './deliveries'
import type { DurableQueue } from './durable-queue'
import { LettingIn } from './letting-in'
import { Opening } from './opening'
import { durableRules, joined, queueRule, type DurableOptions, type Joined } from './options'

const DURABLE = /* @__PURE__ */ declare('durable', () => ({ args: { queue: queueRule() }, options: durableRules('sealed') }), { tickets: 'ended' })

/** Values that are put together, at most. */
const BATCH = 512

/**
 * A joint that outlives its process: a {@link Feed} that puts, and {@link Deliveries} that take.
 *
 * ```text
 *   upstream ◀─pull─ feed ─ put ─▶ [ queue on disk ] ─ take ─▶ deliveries ◀─pull─ consumer
 *      ticket acknowledged when the put is confirmed        a ticket of its own, acknowledged when all behind is done
 * ```
 *
 * Invariant: at most one put is under way; while one is, nothing is read.
 */
class DurableJoint<T> extends Deliveries<T> implements Keeper<T> {
  readonly #feed: Feed<T>
  readonly #letting: LettingIn<T>
  #isPutting = false
  #putting: Promise<void> | undefined

  constructor(upstream: Openable<T>, given: Joined<T>, stage: Stage) {
    super(given, stage, new Opening(given, stage.scope.signal))
    this.#letting = new LettingIn<T>(given, stage, this.opening)
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
  }

  override pull(into: T[], limit: number): number {
    this.#feed.start()
    const count = super.pull(into, limit)
    // Values of earlier runs may be among them, and none is one that was read here.
    if (count > 0) this.stage.made(count)
    return count
  }

  room(): number | StageState {
    return this.#isPutting ? 'busy' : BATCH
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    this.#isPutting = true
    const over = this.stage.waitFor('call')
    this.#putting = this.#letting.take(values.slice(0, count), tickets?.slice(0, count)).then(() => { over(); this.#put() }, (error: unknown) => { over(); this.#feed.end(); this.failed(error) })
    return false
  }

  ended(): void {
    if (!this.#isPutting) this.#finish()
  }

  /** What is in the queue stays there. */
  onStop(): void {
    this.halt()
    this.stage.wake()
  }

  /** What is being put is waited for: its values are acknowledged, and the queue is closed after that. */
  override close(outcome: Outcome): unknown {
    this.#letting.close(reasonOf(outcome))
    this.#feed.end()
    super.close(outcome)
    return this.#putting
  }

  #put(): void {
    this.#isPutting = false
    if (this.#feed.ended) this.#finish()
    else this.#feed.wake()
    this.stage.wake()
  }

  /** Upstream has ended, and all of it is in the queue. */
  #finish(): void {
    if (this.stage.outcome !== undefined || this.stage.failing) return
    // A stop has ended upstream: what it has not given stays there, and what is in the queue stays here.
    if (this.stage.scope.stopping) {
      this.halt()
      this.stage.wake()
    } else if (this.joined.until === 'sealed') {
      const sealing = this.opening.opened().then(() => this.joined.queue.seal())
      sealing.then(() => { this.lookAgain() }, (error: unknown) => { this.failed(error) })
    }
  }
}

/**
 * A queue that outlives the process, where `buffer` would stand: values are put into it, and come out of it, in this run or in a later one.
 *
 * - **acknowledges** a value upstream when the queue has confirmed it; what comes out is acknowledged when everything that was made of it is dealt with
 * - **emits** what is in the queue, also what an earlier run has left there
 * - **holds back** upstream while the queue is full; holds at most `hold` leases, and up to 512 values that are being put
 * - **completes** when upstream has ended, the queue is empty and nobody holds an item; with `until: 'stopped'` when the run is stopped
 * - **on failure** of a value behind the joint the item comes again after `retryMs`, and is a dead letter of the queue after `maxAttempts`
 * - **on stop** takes nothing more; what was taken is finished, and what is in the queue stays there
 * - **on abort** what was taken goes back, and counts no attempt; after a crash it comes again when its lease is over
 *
 * @param queue such as `sqliteQueue(file)`.
 * @param options `name` of the joint, which is needed; `version`, `codec`, `needs`, `leaseMs`, `hold`, `maxAttempts`, `retryMs`, `key`, `priority`, `dedup`,
 *   `until` (default `'sealed'`), `onError`.
 * @throws OptionError for an option that is wrong; CapabilityError for a queue that cannot do what is needed.
 *
 * @example
 * ```ts
 * import { forEach, range } from 'sluice'
 * import { durable, type DurableQueue } from '@sluice/core/durable'
 *
 * const job = (queue: DurableQueue, save: (n: number) => Promise<void>) =>
 *   range(1, 1000).pipe(durable(queue, { name: 'numbers' })).to(forEach(save, { concurrency: 8 }))
 * ```
 */
export function durable<T>(queue: DurableQueue, options: DurableOptions<T>): Operator<T, T> {
  const given = DURABLE.read(options, { queue })
  const joint = joined<T>('durable', queue, options, given as never)
  return described(DURABLE, given, asyncOperator<T, T>(given.name, (upstream, stage) => new DurableJoint<T>(upstream, joint, stage)))
}
