import { type Outcome } from '@sluice/core'
import { reasonOf, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'

/** A batch that is being collected: the values of one array, with their tickets. */
export class OpenBatch<A> {
  values: A[] = []
  weight = 0
  /** Those of the values that have one. */
  #tickets: Tickets = []
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  get size(): number {
    return this.values.length
  }

  add(value: A, ticket: Ticket | undefined, weight = 1): void {
    this.values.push(value)
    this.weight += weight
    if (ticket) this.#tickets.push(ticket)
  }

  /** Adds the tickets of values that were written to `values` directly. */
  addTickets(tickets: Tickets, count: number): void {
    for (let i = 0; i < count; i++) if (tickets[i]) this.#tickets.push(tickets[i])
  }

  /** Hands all of it on as one value with one ticket, and starts an empty one. */
  handOver(into: A[][], at: number, tickets: Tickets): void {
    into[at] = this.values
    tickets[at] = this.#stage.join(this.#tickets, this.values.length)
    this.values = []
    if (this.#tickets.length > 0) this.#tickets = []
    this.weight = 0
  }

  /** The stage has ended: what was collected is not delivered. */
  giveBack(outcome: Outcome): void {
    for (const ticket of this.#tickets) ticket?.nack(reasonOf(outcome))
    this.#tickets = []
    this.values = []
  }
}
