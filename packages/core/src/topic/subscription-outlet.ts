import { DONE, PENDING } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Outlet, Wake } from '../contract/outlet'
import type { SubscriptionReader } from './reader'

/** A subscription as the source of a pipeline. Closing it closes the subscription: the run owns it from then on. */
export class SubscriptionOutlet<T> implements Outlet<T> {
  readonly live = true
  readonly #reader: SubscriptionReader<T>
  readonly #wake: Wake

  constructor(reader: SubscriptionReader<T>, wake: Wake) {
    this.#reader = reader
    this.#wake = wake
  }

  pull(into: T[], limit: number): number {
    const count = this.#reader.drain(into, limit)
    if (count > 0) return count
    const { outcome } = this.#reader
    if (outcome?.status === 'failed') throw outcome.error
    if (outcome !== undefined) return DONE
    this.#reader.notify(this.#wake)
    return PENDING
  }

  close(outcome: Outcome): void {
    // Why the run ended is the run's affair: towards the topic, a subscriber has left.
    const reason = outcome.status === 'cancelled' ? outcome.reason : undefined
    this.#reader.finish({ status: 'cancelled', reason })
  }
}
