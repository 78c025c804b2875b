import type { NackFate } from '../contract/fate'
import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { runningStage } from './running-stage'
import { shared } from './shared'
import { isNack, SharedTicket, type Settled } from './shares'

/** Under a name that all copies know: the tickets of a run are given back once, whichever copy issued them. */
const TICKETS = Symbol.for('sluice.tickets')

/**
 * In a tracked source: a ticket for one value. What is not settled when the run is over is given back: at worst
 * something is done twice.
 *
 * @param stage the source's.
 * @param onSettled called once, whatever happens.
 * @param origin which item of a durable queue the value came from.
 *
 * @example
 * ```ts
 * tickets[i] = issueTicket(stage, (status) => { if (status === 'ack') delivery.ack() })
 * ```
 */
export function issueTicket(stage: Stage, onSettled: Settled, origin?: string): Ticket {
  const { scope } = runningStage(stage)
  const unsettled = shared(scope, TICKETS, () => {
    const tickets = new Set<SharedTicket>()
    scope.issuesTickets(() => {
      for (const ticket of tickets) scope.cleanups.run('ticket', () => { ticket.abandon(scope.reason) })
    })
    return tickets
  })
  const ticket = new SharedTicket((status, error, fate = 'delivered', reason = '') => {
    unsettled.delete(ticket)
    if (status === 'nack') scope.ticketNacked()
    if (fate !== 'abandoned') scope.totals.add(fate, 1, reason)
    onSettled(status, error, fate, reason)
  }, origin)
  unsettled.add(ticket)
  return ticket
}

/**
 * Has `finish` called when the run is over and every ticket is settled: for a source that tells somebody outside what became of its values.
 *
 * @param finish a promise that it answers is waited for, up to the deadline of cleanups.
 *
 * @example
 * ```ts
 * afterTickets(stage, () => broker.flush())
 * ```
 */
export function afterTickets(stage: Stage, finish: () => unknown): void {
  runningStage(stage).scope.afterTickets(stage.name, finish)
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
