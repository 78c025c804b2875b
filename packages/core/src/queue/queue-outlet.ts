import { DONE, PENDING } from '../contract/answers'
import type { Outlet, Wake } from '../contract/outlet'

/** Wakes who reads, once each; while they are told they may ask again. */
export function wakeAll(readers: Set<Wake>): void {
  const wakes = [...readers]
  readers.clear()
  for (const wake of wakes) wake()
}

/** What an outlet needs of its queue. */
export interface Drainable<T> {
  drainInto(into: T[], limit: number): number
}

/**
 * A queue as the source of a pipeline: one of its consumers.
 *
 * It registers only a wake, never a claim on a value, so a pipeline that ends takes nothing with it.
 */
export class QueueOutlet<T> implements Outlet<T> {
  readonly live = true
  readonly #queue: Drainable<T>
  readonly #readers: Set<Wake>
  readonly #isDry: () => boolean
  readonly #failure: () => { readonly error: unknown } | undefined
  readonly #wake: Wake

  constructor(
    queue: Drainable<T>,
    readers: Set<Wake>,
    isDry: () => boolean,
    failure: () => { readonly error: unknown } | undefined,
    wake: Wake,
  ) {
    this.#queue = queue
    this.#readers = readers
    this.#isDry = isDry
    this.#failure = failure
    // A function of its own: two pipelines may share one wake.
    this.#wake = () => { wake() }
  }

  pull(into: T[], limit: number): number {
    const count = this.#queue.drainInto(into, limit)
    if (count > 0) return count
    if (this.#isDry()) {
      const failure = this.#failure()
      if (failure) throw failure.error
      return DONE
    }
    this.#readers.add(this.#wake)
    return PENDING
  }

  close(): void {
    this.#readers.delete(this.#wake)
  }
}
