import type { Within } from '../contract/context'
import type { AckFate, Fate, NackFate } from '../contract/fate'
import type { Ticket, Tickets } from '../contract/ticket'
import { fateOf, rankOf, type Totals } from './totals'

const DELIVERED = rankOf('delivered')

/** What a ticket reports once all its shares are settled. */
export type Settled = (status: 'ack' | 'nack', error?: unknown, fate?: Fate, reason?: string) => void

/**
 * Counts shares and keeps the worst they were told.
 *
 * Invariant: `#shares` counts the shares that are not settled; `report` is called when it reaches 0, once.
 */
export abstract class Shares implements Ticket {
  #shares: number
  /** The worst so far; below all fates until the first share is settled. */
  #rank = -1
  /** What the worst was told with; absent where that is nothing, as of most tickets: a field less for each of them. */
  #told: { readonly reason: string; readonly error: unknown } | undefined

  constructor(shares: number) {
    this.#shares = shares
  }

  get settled(): boolean {
    return this.#shares === 0
  }

  split(shares: number): void {
    if (this.#shares > 0) this.#shares += shares
  }

  ack(fate: AckFate = 'delivered', reason = ''): void {
    this.#settle(rankOf(fate), reason, undefined, 1)
  }

  /** `count` shares were written; as many calls of `ack`. */
  delivered(count: number): void {
    if (count >= this.#shares) {
      this.#settle(DELIVERED, '', undefined, count)
      return
    }
    // Short, so that a sink has it inside its loop: four sinks of a broadcast settle four shares of each value.
    this.#shares -= count
    if (this.#rank >= DELIVERED) return
    this.#rank = DELIVERED
    this.#told = undefined
  }

  nack(error: unknown, fate: NackFate = 'abandoned', reason = ''): void {
    this.#settle(rankOf(fate), reason, error, 1)
  }

  /** Settles what is left, as a nack: the run is over. */
  abandon(error: unknown): void {
    if (this.#shares === 0) return
    this.#shares = 1
    this.nack(error)
  }

  protected abstract report(fate: Fate, reason: string, error: unknown): void

  #settle(rank: number, reason: string, error: unknown, count: number): void {
    if (this.#shares === 0) return
    if (rank > this.#rank) {
      this.#rank = rank
      this.#told = reason === '' && error === undefined ? undefined : { reason, error }
    }
    this.#shares = count < this.#shares ? this.#shares - count : 0
    if (this.#shares === 0) this.report(fateOf(this.#rank), this.#told?.reason ?? '', this.#told?.error)
  }
}

export function isNack(fate: Fate): fate is NackFate {
  return fate === 'failed' || fate === 'abandoned'
}

/** A ticket that counts its shares and keeps the worst they were told. */
export class SharedTicket extends Shares {
  readonly origin: string | undefined
  readonly #onSettled: Settled

  constructor(onSettled: Settled, origin?: string) {
    super(1)
    this.#onSettled = onSettled
    this.origin = origin
  }

  protected report(fate: Fate, reason: string, error: unknown): void {
    if (isNack(fate)) this.#onSettled('nack', error, fate, reason)
    else this.#onSettled('ack', undefined, fate, reason)
  }
}

/** The ticket of one plain value that became several: counts the value in the totals of the run. A broadcast makes one for each value. */
class PlainTicket extends Shares {
  readonly #totals: Totals

  constructor(totals: Totals, shares: number) {
    super(shares)
    this.#totals = totals
  }

  protected report(fate: Fate, reason: string): void {
    // What is abandoned is what is left when everything else was counted.
    if (fate !== 'abandoned') this.#totals.add(fate, 1, reason)
  }
}

/** The ticket of one plain value of a queue, with the context in which the value was put. */
class CarriedTicket extends PlainTicket {
  readonly within: Within

  constructor(totals: Totals, within: Within) {
    super(totals, 1)
    this.within = within
  }
}

/** The ticket of values that became one: counts the plain ones in the totals of the run, and settles the tickets of the others. */
class JoinedTicket extends Shares {
  readonly #totals: Totals
  readonly #values: number
  readonly #parts: readonly Ticket[] | undefined

  /**
   * @param values plain values that it stands for.
   * @param parts tickets of other values that it stands for as well.
   */
  constructor(totals: Totals, values: number, parts?: readonly Ticket[]) {
    super(1)
    this.#totals = totals
    this.#values = values
    this.#parts = parts
  }

  /** Known where all that became one came from durable queues. */
  get origin(): string | undefined {
    const origins = this.#values > 0 ? [] : (this.#parts ?? []).map(({ origin }) => origin)
    return origins.length === 0 || origins.includes(undefined) ? undefined : origins.sort().join('+')
  }

  protected report(fate: Fate, reason: string, error: unknown): void {
    // What is abandoned is what is left when everything else was counted.
    if (this.#values > 0 && fate !== 'abandoned') this.#totals.add(fate, this.#values, reason)
    if (this.#parts === undefined) return
    for (const part of this.#parts) {
      if (isNack(fate)) part.nack(error, fate, reason)
      else part.ack(fate, reason)
    }
  }
}

/** See {@link Stage.share}. */
export function plainTicket(totals: Totals, shares: number): Ticket {
  return new PlainTicket(totals, shares)
}

/** A ticket that counts a plain value in the totals of the run, and carries the context in which the value was put. */
export function carriedTicket(totals: Totals, within: Within): Ticket {
  return new CarriedTicket(totals, within)
}

/** See {@link Stage.join}. */
export function joinInto(totals: Totals, tickets: Tickets | null | undefined, count: number): Ticket | undefined {
  let parts: Ticket[] | undefined
  let plain = count
  if (tickets) {
    for (let i = 0; i < count; i++) {
      const ticket = tickets[i]
      if (ticket === undefined) continue
      ;(parts ??= []).push(ticket)
      plain--
    }
  }
  if (plain === 0 && parts?.length === 1) return parts[0]
  // One plain value stays plain.
  if (plain === 1 && parts === undefined) return undefined
  return new JoinedTicket(totals, plain, parts)
}
