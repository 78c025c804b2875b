import { type Outcome } from '@sluice/core'
import { reasonOf, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'

/**
 * Values held for windows that overlap: a value stays for as long as a window to come has it.
 *
 * Invariants: `values` and `#tickets` have the same length where tickets travel; each value held is owed one share of
 * its ticket; `fresh`, the newest of them, have been in no window so far.
 */
export class Overlap<A> {
  values: A[] = []
  fresh = 0
  #tickets: Tickets = []
  readonly #stage: Stage
  readonly #outTickets: Tickets

  /** `outTickets` are those of the windows. */
  constructor(stage: Stage, outTickets: Tickets) {
    this.#stage = stage
    this.#outTickets = outTickets
  }

  get size(): number {
    return this.values.length
  }

  add(value: A, ticket: Ticket | undefined): void {
    this.values.push(value)
    this.fresh++
    this.#tickets.push(ticket)
  }

  /** Makes a window of the oldest `count` values. The oldest `gone` of these leave, the others stay for the next window too. */
  handOver(count: number, gone: number, into: A[][], at: number): void {
    const { values } = this
    into[at] = count === values.length ? values : values.slice(0, count)
    this.values = values.slice(gone)
    this.fresh = values.length - count
    const tickets = this.#tickets
    for (let i = gone; i < count; i++) tickets[i] = this.#stage.share(tickets[i], 2)
    this.#outTickets[at] = this.#stage.join(tickets, count)
    this.#tickets = tickets.slice(gone)
  }

  /** No window is to come: what is held has been in one, and was dealt with as far as this stage goes. */
  finish(): void {
    for (const ticket of this.#tickets) this.#stage.settle(ticket, 'absorbed')
    this.#clear()
  }

  /** The stage has ended: what is held is not delivered. */
  giveBack(outcome: Outcome): void {
    for (const ticket of this.#tickets) ticket?.nack(reasonOf(outcome))
    this.#clear()
  }

  #clear(): void {
    this.values = []
    this.#tickets = []
    this.fresh = 0
  }
}
