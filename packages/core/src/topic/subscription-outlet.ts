import { DONE, PENDING } from '../contract/answers'
import type { Within } from '../contract/context'
import type { Outcome } from '../contract/outcome'
import type { Outlet, Wake } from '../contract/outlet'
import type { Failure } from '../contract/run'
import { handedOver } from '../copies/handed-over'
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

  /** Each value comes with the context in which it was published. */
  get carries(): boolean {
    return this.#reader.carries
  }

  /** The context in which the last value was published. */
  get within(): Within | undefined {
    return this.#reader.within
  }

  get elsewhere(): Failure | undefined {
    const { outcome } = this.#reader
    return outcome?.status === 'failed' ? handedOver(outcome.error) : undefined
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
