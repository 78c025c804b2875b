import { DONE, PENDING } from '../contract/answers'
import type { Within } from '../contract/context'
import type { Outlet, Wake } from '../contract/outlet'
import type { Failure } from '../contract/run'
import { handedOver } from '../copies/handed-over'
import type { QueueState } from './queue-state'

/**
 * A queue as the source of a pipeline: one of its consumers.
 *
 * The outlet registers only a wake, never a claim on a value, and takes one value at a time, when the value before has been
 * passed on: so a run that ends in the middle of its work leaves to other consumers what it has not got to. A batch would
 * cost less per value (measured: a run over a queue 100 ns a value, in batches 90) and lose the rest of itself.
 */
export class QueueOutlet<T> implements Outlet<T> {
  readonly live = true
  readonly #state: QueueState<T>
  readonly #wake: Wake
  #leave: (() => void) | undefined

  /** @param leave told once, when this consumer has gone. */
  constructor(state: QueueState<T>, wake: Wake, leave: () => void) {
    this.#state = state
    this.#leave = leave
    // A function of its own: two pipelines may share one wake.
    this.#wake = () => { wake() }
  }

  /** Each value comes with the context in which it was put. */
  get carries(): boolean {
    return this.#state.store.carries
  }

  /** The context in which the last value was put. */
  get within(): Within | undefined {
    return this.#state.within
  }

  get elsewhere(): Failure | undefined {
    return handedOver(this.#state.failure?.error)
  }

  pull(into: T[], _limit: number): number {
    const state = this.#state
    const count = state.drain(into, 1)
    if (count > 0) return count
    if (state.isDry) {
      if (state.failure) throw state.failure.error
      return DONE
    }
    state.readers.add(this.#wake)
    return PENDING
  }

  close(): void {
    this.#state.readers.delete(this.#wake)
    this.#leave?.()
    this.#leave = undefined
  }
}
