import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { runningStage } from './running-stage'
import { shared } from './shared'

/** What a ticket reports once all its shares are settled. */
export type Settled = (status: 'ack' | 'nack', error?: unknown) => void

/** A ticket that counts its shares and keeps the worst they were told. */
export class SharedTicket implements Ticket {
  readonly #onSettled: Settled
  /** Shares not settled yet; `onSettled` is called when it reaches 0 and never again. */
  #shares = 1
  #nacked = false
  #error: unknown

  constructor(onSettled: Settled) {
    this.#onSettled = onSettled
  }

  get settled(): boolean {
    return this.#shares === 0
  }

  split(shares: number): void {
    if (this.#shares > 0) this.#shares += shares
  }

  ack(): void {
    if (this.#shares > 0 && --this.#shares === 0) this.#report()
  }

  nack(error: unknown): void {
    if (this.#shares === 0) return
    if (!this.#nacked) {
      this.#nacked = true
      this.#error = error
    }
    if (--this.#shares === 0) this.#report()
  }

  /** Settles what is left, as a nack: the run is over. */
  abandon(error: unknown): void {
    if (this.#shares === 0) return
    this.#shares = 1
    this.nack(error)
  }

  #report(): void {
    if (this.#nacked) this.#onSettled('nack', this.#error)
    else this.#onSettled('ack')
  }
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
  const ticket = new SharedTicket((status, error) => {
    unsettled.delete(ticket)
    if (status === 'nack') scope.nacked++
    onSettled(status, error)
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
  return new SharedTicket((status, error) => {
    for (const part of parts) {
      if (status === 'ack') part.ack()
      else part.nack(error)
    }
  })
}

/** Gives back the tickets of values that will not be dealt with. */
export function nackAll(tickets: Tickets | null | undefined, from: number, to: number, error: unknown): void {
  if (tickets) for (let i = from; i < to; i++) tickets[i]?.nack(error)
}

/** Settles the tickets of values that were dealt with. */
export function ackAll(tickets: Tickets | null | undefined, count: number): void {
  if (tickets) for (let i = 0; i < count; i++) tickets[i]?.ack()
}
