import type { Settlement, DurableQueue, Lease, LeaseVerdict } from './durable-queue'

/** Verdicts that are carried out together, at most. */
const BATCH = 512

/** What a verdict came to, told to whoever gave it. */
export type OnSettlement = (lease: Lease, settlement: Settlement) => void

/**
 * Carries out verdicts in batches, one batch at a time: while one is on its way the next one gathers.
 *
 * ```text
 *   add ─▶ [ ack | nack | ack … ] ─ at most 512 ─▶ queue.settle ─▶ told
 * ```
 *
 * Invariant: at most one call of `settle` is under way; verdicts go out in the order in which they were given.
 */
export class Settling {
  readonly #queue: DurableQueue
  readonly #told: OnSettlement
  readonly #failed: (error: unknown) => void
  #leases: Lease[] = []
  #verdicts: LeaseVerdict[] = []
  #isUnderWay = false
  #hasFailed = false
  #onIdle: (() => void)[] = []

  /** @param failed the queue has refused to carry out verdicts: those items come again when their leases are over. */
  constructor(queue: DurableQueue, told: OnSettlement, failed: (error: unknown) => void) {
    this.#queue = queue
    this.#told = told
    this.#failed = failed
  }

  add(lease: Lease, verdict: LeaseVerdict): void {
    if (this.#hasFailed) return
    this.#leases.push(lease)
    this.#verdicts.push(verdict)
    if (this.#isUnderWay) return
    this.#isUnderWay = true
    // What is settled in this turn goes along: a sink settles a batch value by value.
    queueMicrotask(() => { void this.#work() })
  }

  /** Resolves when nothing is on its way, and nothing waits. */
  idle(): Promise<void> {
    return this.#isUnderWay ? new Promise((resolve) => { this.#onIdle.push(resolve) }) : Promise.resolve()
  }

  async #work(): Promise<void> {
    while (this.#leases.length > 0) {
      const leases = this.#leases.splice(0, BATCH)
      const verdicts = this.#verdicts.splice(0, BATCH)
      try {
        const settlements = await this.#queue.settle(leases, verdicts)
        for (const [i, lease] of leases.entries()) this.#told(lease, settlements[i] ?? 'unknown')
      } catch (error) {
        this.#hasFailed = true
        this.#leases.length = this.#verdicts.length = 0
        this.#failed(error)
      }
    }
    this.#isUnderWay = false
    for (const resolve of this.#onIdle.splice(0)) resolve()
  }
}
