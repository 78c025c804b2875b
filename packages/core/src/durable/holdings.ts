import type { Clock } from '../contract/clock'
import type { DurableQueue, Lease, LeaseVerdict } from './durable-queue'
import { Settling } from './settling'

/** A lease that is held. */
interface Holding {
  /** When it is over, by the clock of the run: counted from before it was asked for. */
  until: number
  /** Somebody else may have the item by now: what is decided about it here does not count. */
  isLost: boolean
}

/** What {@link Holdings} need to know of a joint. */
export interface HoldingOptions {
  /** The most leases that are held at once. */
  readonly most: number
  /** Leases can be renewed. */
  readonly extends: boolean
  /** A holder that comes too late is refused, so nothing is taken for lost before it was tried. */
  readonly isFenced: boolean
}

/**
 * The items of a durable queue that one run holds: renews their leases while they are worked on, and settles them.
 *
 * ```text
 *   take ─▶ add ─ held ─┬─ renewed at a third of the lease ─┐
 *                  ▲    └──────────────────────────────────┘
 *                  └─ settle ─▶ Settling ─▶ queue             lost: the verdict is left out, and counted
 * ```
 *
 * Invariants: `size` ≤ `most`; a timer runs exactly while something is held that can be renewed.
 */
export class Holdings {
  readonly #queue: DurableQueue
  readonly #clock: Clock
  readonly #options: HoldingOptions
  readonly #held = new Map<Lease, Holding>()
  readonly #settling: Settling
  /** Leases that were over before their item was settled. */
  lost = 0
  /** When the last item was added or settled. */
  changedAt: number
  #cancel: (() => void) | undefined
  #onRoom: (() => void) | undefined

  /**
   * @param failed the queue has failed to settle.
   */
  constructor(queue: DurableQueue, clock: Clock, options: HoldingOptions, failed: (error: unknown) => void) {
    this.#queue = queue
    this.#clock = clock
    this.#options = options
    this.changedAt = clock.now()
    this.#settling = new Settling(queue, (_lease, settlement) => { if (settlement === 'stale') this.lost++ }, failed)
  }

  get size(): number {
    return this.#held.size
  }

  get room(): number {
    return this.#options.most - this.#held.size
  }

  /** Resolves when there is room for one more. */
  whenRoom(): Promise<void> | undefined {
    return this.room > 0 ? undefined : new Promise((resolve) => { this.#onRoom = resolve })
  }

  /** @param askedAt when they were asked for: their time runs from then, where nothing is known of when they began. */
  add(leases: readonly Lease[], askedAt: number): void {
    if (leases.length === 0) return
    const now = this.#clock.now()
    for (const lease of leases) this.#held.set(lease, { until: (lease.sinceMs === undefined ? askedAt : Math.max(askedAt, now - lease.sinceMs)) + lease.leaseMs, isLost: false })
    this.changedAt = now
    this.#renewLater()
  }

  /** An item is dealt with, or goes back. */
  settle(lease: Lease, verdict: LeaseVerdict): void {
    const holding = this.#held.get(lease)
    if (holding === undefined) return
    this.#held.delete(lease)
    this.changedAt = this.#clock.now()
    if (holding.isLost || (!this.#options.isFenced && this.changedAt > holding.until)) this.lost++
    else this.#settling.add(lease, verdict)
    if (this.#held.size === 0) this.#stopRenewing()
    this.wakeForRoom()
  }

  /** Ends the wait for room, whether or not there is any. */
  wakeForRoom(): void {
    const onRoom = this.#onRoom
    this.#onRoom = undefined
    onRoom?.()
  }

  /** Resolves when all that was settled is carried out. */
  idle(): Promise<void> {
    return this.#settling.idle()
  }

  /** Nothing is renewed any more. */
  close(): void {
    this.#stopRenewing()
  }

  #stopRenewing(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }

  #renewLater(): void {
    if (!this.#options.extends || this.#cancel !== undefined || this.#held.size === 0) return
    let shortest = Infinity
    for (const { leaseMs } of this.#held.keys()) shortest = Math.min(shortest, leaseMs)
    this.#cancel = this.#clock.after(shortest / 3, () => {
      this.#cancel = undefined
      void this.#renew()
    })
  }

  async #renew(): Promise<void> {
    const now = this.#clock.now()
    const due = [...this.#held].filter(([{ leaseMs }, { until, isLost }]) => !isLost && until - now < (2 / 3) * leaseMs + 1)
    if (due.length > 0) {
      try {
        const settlements = await this.#queue.settle(due.map(([lease]) => lease), due.map(() => ({ do: 'extend' })))
        for (const [i, [lease, holding]] of due.entries()) {
          if (settlements[i] === 'ok') holding.until = now + lease.leaseMs
          else if (settlements[i] === 'stale') holding.isLost = true
        }
      } catch {
        // Tried again with the next beat; a queue that is gone fails the next take or settle.
      }
    }
    this.#renewLater()
  }
}
