import type { Intake, Sink } from '../contract/sink'
import type { Stage } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { afterTickets } from '../engine/tickets'
import { tell } from '../kit/described'
import { sink } from '../kit/sink'
import { declare } from '../options/declare'
import type { DurableQueue } from './durable-queue'
import { LettingIn, type Stored } from './letting-in'
import { Opening } from './opening'
import { durableRules, joined, queueRule, type DurableOptions, type Joined } from './options'

const TO_DURABLE = /* @__PURE__ */ declare('toDurable', () => ({ args: { queue: queueRule() }, options: durableRules('stopped') }), { tickets: 'ended' })

/** Puts one batch after the other. */
class DurableIntake<T> implements Intake<T, Stored> {
  readonly settles = true
  readonly #joined: Joined<T>
  readonly #stage: Stage
  readonly #letting: LettingIn<T>

  constructor(given: Joined<T>, stage: Stage) {
    this.#joined = given
    this.#stage = stage
    const opening = new Opening(given, stage.scope.signal)
    this.#letting = new LettingIn<T>(given, stage, opening)
    afterTickets(stage, () => opening.close())
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): Promise<void> {
    return this.#letting.take(values.slice(0, count), tickets?.slice(0, count))
  }

  async end(): Promise<Stored> {
    this.#letting.close()
    // A source that was stopped has more to give, in the next run.
    if (this.#joined.until === 'sealed' && !this.#stage.scope.stopping) {
      await this.#letting.opened()
      await this.#joined.queue.seal()
    }
    return { ...this.#letting.counts }
  }

  abort(reason: unknown): void {
    this.#letting.close(reason)
  }
}

/**
 * Puts each value into a durable queue; resolves with how many were stored, and how many were there already.
 *
 * - **acknowledges** a value when the queue has confirmed it, as its `survives` says
 * - **holds back** while the queue is full: it asks again after 5 ms, up to each 250 ms
 * - **on completion** seals the queue with `until: 'sealed'`, so that its consumers know the end; not where the run was stopped
 * - **on failure** of a value that cannot be put (too large, not to be written) as `onError` says; the run fails with what the queue fails with
 * - **on abort** what is not confirmed goes back to where it came from
 *
 * @param queue such as `sqliteQueue(file)`.
 * @param options `name` of the joint, which is needed; `version`, `codec`, `needs`, `key`, `priority`, `dedup`, `until` (default `'stopped'`), `onError`.
 * @throws OptionError for an option that is wrong; CapabilityError for a queue that cannot do what is needed.
 *
 * @example
 * ```ts
 * import { from } from 'sluice'
 * import { toDurable, type DurableQueue } from '@sluice/core/durable'
 *
 * const fill = (queue: DurableQueue) => from([{ id: 1 }, { id: 2 }])
 *   .to(toDurable(queue, { name: 'orders', dedup: ({ id }) => String(id) }))
 *   .run() // { stored: 2, duplicates: 0 }, and { stored: 0, duplicates: 2 } the second time
 * ```
 */
export function toDurable<T>(queue: DurableQueue, options: DurableOptions<T>): Sink<T, Stored> {
  const given = TO_DURABLE.read(options, { queue })
  const joint = joined<T>('toDurable', queue, options, given as never)
  return tell(sink<T, Stored>(given.name, (stage) => new DurableIntake<T>(joint, stage)), TO_DURABLE, given)
}
