import type { Outcome } from '@sluice/core'
import type { Dealer } from './dealer'
import type { Fed, Outlet, Ticket, Tickets } from '@sluice/core/authoring'

/** How lanes and upstream are closed when consumers have had enough. */
export const CONSUMERS_DONE: Outcome = { status: 'cancelled', reason: undefined }

/**
 * What a fan-out has read and not dealt out.
 *
 * ```text
 *   upstream ◀─pull─▶ [dealt, dealt, item, …, …]
 *                                     └ next ─▶
 * ```
 *
 * Invariant: [#at, #count) of the batch is what is left; while there is any, nothing is read.
 */
export class FanOutInput<A> implements Fed<A> {
  /** Nothing more is read. */
  isOver = false
  readonly #upstream: Outlet<A>
  readonly #batch: A[] = []
  #at = 0
  #count = 0

  constructor(upstream: Outlet<A>) {
    this.#upstream = upstream
  }

  /** Nothing is left. A method, since it may change inside any call of user code. */
  isEmpty(): boolean {
    return this.#at >= this.#count
  }

  /** How many items came with what is left. */
  get batchSize(): number {
    return this.#count
  }

  /** The first of what is left. */
  get item(): A {
    return this.#batch[this.#at] as A
  }

  get ticket(): Ticket | undefined {
    return this.#upstream.tickets?.[this.#at]
  }

  get tickets(): Tickets | null | undefined {
    return this.#upstream.tickets
  }

  /** Reads at most `limit` items, which stay here: nothing is written to `into`. */
  pull(_into: A[], limit: number): number {
    const count = this.#upstream.pull(this.#batch, limit)
    if (count < 0) return count
    this.#at = 0
    this.#count = count
    // User code before it may have ended the run from inside that pull.
    if (this.isOver) this.close()
    return count
  }

  /** Has several dealt out at once; answers how many. */
  giveAll(dealer: Dealer<A>): number {
    const given = dealer.giveAll?.(this.#batch, this.#at, this.#count - this.#at, this.#upstream.tickets) ?? 0
    this.#batch.fill(undefined as A, this.#at, this.#at + given)
    this.#at += given
    return given
  }

  /** The first one is dealt with. */
  next(): void {
    this.#batch[this.#at++] = undefined as A
  }

  /** Reads nothing any more. What is left is given back. */
  close(error?: unknown): void {
    if (!this.isOver) {
      this.isOver = true
      void this.#upstream.close(CONSUMERS_DONE)
    }
    for (; this.#at < this.#count; this.#at++) {
      this.ticket?.nack(error)
      this.#batch[this.#at] = undefined as A
    }
  }
}
