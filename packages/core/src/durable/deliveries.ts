import type { Outcome } from '../contract/outcome'
import type { Fate } from '../contract/fate'
import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { PromiseReads } from '../engine/promise-reads'
import { afterTickets, issueTicket } from '../engine/tickets'
import { coded } from '../foreign/coded'
import { messageOf } from '../foreign/print-value'
import type { Capabilities } from './capabilities'
import type { Lease, LeaseVerdict } from './durable-queue'
import { checkTicketsAreKept } from './early-ends'
import { Holdings } from './holdings'
import type { Opening } from './opening'
import type { Joined } from './options'

/** How long a take waits for the first item, in ms: where the end may come at any time, and where it comes by a stop only. */
const LOOK_MS = 250
const STAY_MS = 1000
/** When nothing that is held was dealt with for so long, what holds it waits for the end. */
const QUIET_MS = 1000
/** Of a queue that counts each delivery, so many times as many are allowed: each restart of a program is one. */
const DELIVERIES = 2

/**
 * Takes items out of a durable queue, one call at a time, and never more than may be held.
 *
 * ```text
 *   queue.take ─▶ lease ─▶ value + ticket ─▶ pipeline ─▶ ticket settled ─┬─ ack                ▶ Holdings ─▶ queue.settle
 *                   │                                                    ├─ failed: nack, dead
 *                   └─ cannot be read, tried too often ─▶ dead           └─ abandoned: return
 * ```
 *
 * Invariants: leases that are not settled ≤ `hold`; a lease is settled once, whatever ends the run.
 */
export class Deliveries<T> extends PromiseReads<readonly Lease[], T> {
  readonly tickets: Tickets = []
  protected readonly joined: Joined<T>
  protected readonly opening: Opening
  #holdings: Holdings | undefined
  #reading: Promise<unknown> | undefined
  /** Ends the wait of a take. */
  #taking = new AbortController()
  #isClosed = false
  #isDry = false
  /** Tickets of the values that were read and not handed out, from `#next` on. */
  readonly #read: Ticket[] = []
  #next = 0
  #dead = 0
  /** The queue counts each time an item is given out, and not its failures. */
  #countsDeliveries = false

  constructor(joined: Joined<T>, stage: Stage, opening: Opening) {
    super(stage)
    this.joined = joined
    this.opening = opening
    checkTicketsAreKept(joined.owner, stage)
    afterTickets(stage, () => this.#finish())
    stage.show(() => ({ leased: this.#holdings?.size ?? 0, lost: this.#holdings?.lost ?? 0, dead: this.#dead }))
  }

  override pull(into: T[], limit: number): number {
    const count = super.pull(into, limit)
    for (let i = 0; i < count; i++) this.tickets[i] = this.#read[this.#next++]
    if (this.#next === this.#read.length) this.#next = this.#read.length = 0
    return count
  }

  protected read(): Promise<readonly Lease[]> {
    const reading = this.#take()
    this.#reading = reading
    return reading
  }

  protected accept(leases: readonly Lease[]): void {
    for (const lease of leases) this.#accept(lease)
    if (this.#isDry) this.end()
  }

  /** Nothing more is taken; what is out is dealt with. */
  override halt(): boolean {
    const isLeft = super.halt()
    this.lookAgain()
    return isLeft
  }

  /** Ends the wait of the take that is under way. */
  protected lookAgain(): void {
    this.#taking.abort()
    this.#taking = new AbortController()
    this.#holdings?.wakeForRoom()
  }

  /** Nothing more is taken, and the stage fails when what was taken is handed out. */
  override failed(error: unknown): void {
    this.halt()
    this.stage.fail(error)
  }

  override close(_outcome: Outcome): unknown {
    this.#isClosed = true
    this.letGo()
    this.lookAgain()
    return undefined
  }

  async #take(): Promise<readonly Lease[]> {
    const { queue, leaseMs, until } = this.joined
    const holdings = (this.#holdings ??= this.#hold(await this.opening.opened()))
    const room = holdings.whenRoom()
    if (room !== undefined) await room
    if (this.#isGone() || this.isHalted || holdings.room < 1) return []
    const { clock } = this.stage.scope
    const askedAt = clock.now()
    const leases = await queue.take(Math.min(Math.max(1, this.wanted), holdings.room), until === 'sealed' ? LOOK_MS : STAY_MS, this.#taking.signal, leaseMs)
    holdings.add(leases, askedAt)
    // Nobody is there for them any more.
    if (this.#isGone()) {
      for (const lease of leases) holdings.settle(lease, { do: 'return' })
      return []
    }
    if (leases.length === 0 && until === 'sealed') this.#isDry = await this.#isSealedAndEmpty(holdings)
    return leases
  }

  /** The stage was closed, which may be while a promise is waited for. */
  #isGone(): boolean {
    return this.#isClosed
  }

  /** Nothing will come any more, neither from a producer nor back from somebody who holds an item. */
  async #isSealedAndEmpty(holdings: Holdings): Promise<boolean> {
    const { sealed, ready, leased } = await this.joined.queue.stats()
    if (!sealed || ready > 0 || leased > holdings.size) return false
    // Some of what is held may fail, and come again. But what holds it may also wait for the end, as a batch that is not full does.
    return holdings.size === 0 || this.stage.scope.clock.now() - holdings.changedAt >= QUIET_MS
  }

  #hold({ extend, fencing, attempts }: Capabilities): Holdings {
    this.#countsDeliveries = attempts === 'deliveries'
    const { queue, hold } = this.joined
    return new Holdings(queue, this.stage.scope.clock, { most: hold, extends: extend, isFenced: fencing }, (error) => { this.failed(error) })
  }

  #accept(lease: Lease): void {
    const { envelope, queue } = this.joined
    const most = this.#mostAttempts()
    let value: T
    try {
      if (lease.attempts > most) throw coded('SLUICE_POISON', new Error(`given out ${lease.attempts} times, and never dealt with: ${most} attempts are allowed`))
      value = envelope.open(lease.body)
    } catch (error) {
      this.#die(lease, messageOf(error))
      return
    }
    this.hold(value)
    this.#read.push(issueTicket(this.stage, (_status, error, fate) => { this.#settled(lease, fate ?? 'delivered', error) }, `${queue.name}/${lease.id}`))
  }

  #settled(lease: Lease, fate: Fate, error: unknown): void {
    const { maxAttempts, retryMs } = this.joined
    if (fate === 'abandoned') this.#settle(lease, { do: 'return' })
    else if (fate !== 'failed') this.#settle(lease, { do: 'ack' })
    else if (lease.attempts >= maxAttempts) this.#die(lease, messageOf(error))
    else this.#settle(lease, { do: 'nack', delayMs: retryMs(lease.attempts), error })
  }

  #die(lease: Lease, reason: string): void {
    this.#dead++
    this.#settle(lease, { do: 'dead', reason })
  }

  #settle(lease: Lease, verdict: LeaseVerdict): void {
    this.#holdings?.settle(lease, verdict)
  }

  #mostAttempts(): number {
    return this.joined.maxAttempts * (this.#countsDeliveries ? DELIVERIES : 1)
  }

  async #finish(): Promise<void> {
    // What it failed with was told to the stage.
    await this.#reading?.catch(() => {})
    await this.#holdings?.idle()
    this.#holdings?.close()
    await this.opening.close()
  }
}
