import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import { tell } from '../kit/described'
import { source } from '../kit/source'
import { declare } from '../options/declare'
import { Deliveries } from './deliveries'
import type { DurableQueue } from './durable-queue'
import { Opening } from './opening'
import { durableRules, joined, queueRule, type DurableOptions, type Joined } from './options'

const FROM_DURABLE = /* @__PURE__ */ declare('fromDurable', () => ({ args: { queue: queueRule() }, options: durableRules('stopped') }))

/** The source of the items of a durable queue. With `until: 'stopped'` it goes on for ever by its nature. */
class DurableSource<T> extends Deliveries<T> {
  readonly live: boolean

  constructor(given: Joined<T>, stage: Stage) {
    super(given, stage, new Opening(given, stage.scope.signal))
    this.live = given.until === 'stopped'
  }
}

/**
 * The values of a durable queue. Each one is acknowledged when everything that was made of it is dealt with.
 *
 * - **emits** values as they come; several runs and processes share the items
 * - **holds back** nothing: an item is leased when the pipeline asks for a value, at most `hold` of them at once
 * - **on success** of all that an item became the item is acknowledged; one that was filtered out, skipped or written as a dead letter counts as dealt with
 * - **on failure** of a value the item comes again after `retryMs`, and is a dead letter of the queue after `maxAttempts`
 * - **completes** with `until: 'sealed'` when the producers are finished and nobody holds an item; else when the run is stopped
 * - **on stop** takes nothing more, and what was taken is finished; **on abort** what was taken goes back, and counts no attempt
 * - an item that cannot be decoded is a dead letter at once
 *
 * @param queue such as `sqliteQueue(file)`.
 * @param options `name` of the joint, which is needed; `version`, `codec`, `needs`, `leaseMs`, `hold`, `maxAttempts`, `retryMs`, `until` (default `'stopped'`).
 * @throws OptionError for an option that is wrong; CapabilityError for a queue that cannot do what is needed. The run fails with what the queue fails with.
 *
 * @example
 * ```ts
 * import { forEach } from 'sluice'
 * import { fromDurable, type DurableQueue } from '@sluice/core/durable'
 *
 * const work = (queue: DurableQueue) => fromDurable<{ id: number }>(queue, { name: 'orders' })
 *   .to(forEach(async ({ id }) => { console.log(id) }, { concurrency: 8 }))
 *   .run()
 * ```
 */
export function fromDurable<T>(queue: DurableQueue, options: DurableOptions<T>): Source<T> {
  const given = FROM_DURABLE.read(options, { queue })
  const joint = joined<T>('fromDurable', queue, options, given as never)
  return tell(source<T>(given.name, (stage) => new DurableSource<T>(joint, stage)), FROM_DURABLE, given)
}
