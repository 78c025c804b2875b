import { reasonOf, type Outcome, type Ticket } from '@sluice/core'

/**
 * The newest value of an input, which goes into any number of tuples.
 *
 * Each tuple gets a share of its ticket; the share of its own is acknowledged when a newer value takes its place, since
 * nothing more will be made of it.
 */
export class Latest<T> {
  known = false
  value: T | undefined
  #ticket: Ticket | undefined

  replace(value: T, ticket: Ticket | undefined): void {
    this.#ticket?.ack()
    this.known = true
    this.value = value
    this.#ticket = ticket
  }

  /** A share of the ticket, for one tuple. */
  share(): Ticket | undefined {
    this.#ticket?.split(1)
    return this.#ticket
  }

  /** The end. The last value was dealt with where all went well. */
  close(outcome: Outcome): void {
    if (outcome.status === 'completed') this.#ticket?.ack()
    else this.#ticket?.nack(reasonOf(outcome))
    this.#ticket = this.value = undefined
  }
}
