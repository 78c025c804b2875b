import type { Stage, Ticket, Tickets } from '@sluice/core/authoring'

/** What became of an item, before its batch is over. */
export type ItemFate = 'delivered' | 'skipped' | 'deadLettered'

/**
 * Values that a sink has taken and not yet written for good: in a transaction that is open, in a buffer, in a file that is not in its
 * place. Plain values are a number, values with tickets a list.
 */
export class Unsettled {
  readonly #stage: Stage
  #plain = 0
  #tickets: Ticket[] = []

  constructor(stage: Stage) {
    this.#stage = stage
  }

  /** @param fates what became of some of them already, by index: they are settled at once. */
  add(tickets: Tickets | null | undefined, count: number, fates?: ReadonlyMap<number, ItemFate>): void {
    for (const [index, fate] of fates ?? []) this.#stage.settle(tickets?.[index], fate)
    if (!tickets) {
      this.#plain += count - (fates?.size ?? 0)
      return
    }
    for (let i = 0; i < count; i++) {
      if (fates?.has(i)) continue
      const ticket = tickets[i]
      if (ticket) this.#tickets.push(ticket)
      else this.#plain++
    }
  }

  /** All of them are written for good. */
  settle(): void {
    const tickets = this.#tickets
    const plain = this.#plain
    this.#tickets = []
    this.#plain = 0
    if (plain > 0) this.#stage.settleCount(plain, 'delivered')
    for (const ticket of tickets) this.#stage.settle(ticket, 'delivered')
  }

  /** None of them is: what has no ticket counts as abandoned when the run ends. */
  giveBack(reason: unknown): void {
    const tickets = this.#tickets
    this.#tickets = []
    this.#plain = 0
    for (const ticket of tickets) ticket.nack(reason)
  }
}
