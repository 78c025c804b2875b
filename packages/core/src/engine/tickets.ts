import type { AckFate, Fate, NackFate } from '../contract/fate'
import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { runningStage } from './running-stage'
import { shared } from './shared'
import { fateOf, rankOf, type Totals } from './totals'

/** What a ticket reports once all its shares are settled. */
export type Settled = (status: 'ack' | 'nack', error?: unknown, fate?: Fate, reason?: string) => void

/**
 * Counts shares and keeps the worst they were told.
 *
 * Invariant: `#shares` counts the shares that are not settled; `report` is called when it reaches 0, once.
 */
abstract class Shares implements Ticket {
  #shares: number
  /** The worst so far; below all fates until the first share is settled. */
  #rank = -1
  #reason = ''
  #error: unknown

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
    this.#settle(rankOf(fate), reason, undefined)
  }

  nack(error: unknown, fate: NackFate = 'abandoned', reason = ''): void {
    this.#settle(rankOf(fate), reason, error)
  }

  /** Settles what is left, as a nack: the run is over. */
  abandon(error: unknown): void {
    if (this.#shares === 0) return
    this.#shares = 1
    this.nack(error)
  }

  protected abstract report(fate: Fate, reason: string, error: unknown): void

  #settle(rank: number, reason: string, error: unknown): void {
    if (this.#shares === 0) return
    if (rank > this.#rank) {
      this.#rank = rank
      this.#reason = reason
      this.#error = error
    }
    if (--this.#shares === 0) this.report(fateOf(this.#rank), this.#reason, this.#error)
  }
}

function isNack(fate: Fate): fate is NackFate {
  return fate === 'failed' || fate === 'abandoned'
}

/** A ticket that counts its shares and keeps the worst they were told. */
export class SharedTicket extends Shares {
  readonly #onSettled: Settled

  constructor(onSettled: Settled) {
    super(1)
    this.#onSettled = onSettled
  }

  protected report(fate: Fate, reason: string, error: unknown): void {
    if (isNack(fate)) this.#onSettled('nack', error, fate, reason)
    else this.#onSettled('ack', undefined, fate, reason)
  }
}

/** The ticket of plain values that became one, or of one that became several: counts them in the totals of the run. */
class PlainTicket extends Shares {
  readonly #totals: Totals
  readonly #values: number
  readonly #parts: readonly Ticket[] | undefined

  /**
   * @param values plain values that it stands for.
   * @param parts tickets of other values that it stands for as well.
   */
  constructor(totals: Totals, shares: number, values: number, parts?: readonly Ticket[]) {
    super(shares)
    this.#totals = totals
    this.#values = values
    this.#parts = parts
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
  return new PlainTicket(totals, shares, 1)
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
  return new PlainTicket(totals, 1, plain, parts)
}

/**
 * In a tracked source: a ticket for one value. What is not settled when the run is over is given back: at worst
 * something is done twice.
 *
 * @param stage the source's.
 * @param onSettled called once, whatever happens.
 *
 * @example
 * ```ts
 * tickets[i] = issueTicket(stage, (status) => { if (status === 'ack') delivery.ack() })
 * ```
 */
export function issueTicket(stage: Stage, onSettled: Settled): Ticket {
  const { scope } = runningStage(stage)
  const unsettled = shared(scope, issueTicket, () => {
    const tickets = new Set<SharedTicket>()
    scope.abandon = () => {
      for (const ticket of tickets) scope.cleanups.run('ticket', () => { ticket.abandon(scope.reason) })
    }
    return tickets
  })
  const ticket = new SharedTicket((status, error, fate = 'delivered', reason = '') => {
    unsettled.delete(ticket)
    if (status === 'nack') scope.nacked++
    if (fate !== 'abandoned') scope.totals.add(fate, 1, reason)
    onSettled(status, error, fate, reason)
  })
  unsettled.add(ticket)
  return ticket
}

/** One ticket for several values that became one: settling it settles them all. Undefined when none had any. */
export function joinTickets(tickets: Tickets, count: number): Ticket | undefined {
  const parts: Ticket[] = []
  for (let i = 0; i < count; i++) {
    const ticket = tickets[i]
    if (ticket !== undefined) parts.push(ticket)
  }
  if (parts.length < 2) return parts[0]
  return new SharedTicket((_status, error, fate = 'delivered', reason = '') => {
    for (const part of parts) {
      if (isNack(fate)) part.nack(error, fate, reason)
      else part.ack(fate, reason)
    }
  })
}

/** Gives back the tickets of values that will not be dealt with. */
export function nackAll(tickets: Tickets | null | undefined, from: number, to: number, error: unknown, fate?: NackFate): void {
  if (tickets) for (let i = from; i < to; i++) tickets[i]?.nack(error, fate)
}

/** Settles the tickets of values that were dealt with. */
export function ackAll(tickets: Tickets | null | undefined, count: number): void {
  if (tickets) for (let i = 0; i < count; i++) tickets[i]?.ack()
}
