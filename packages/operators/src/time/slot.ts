import type { Stage, Ticket, Tickets } from '@sluice/core/authoring'

/** Room for one value with its ticket. A value that another one takes the place of is dropped on purpose, and counted. */
export class Slot<T> {
  readonly #stage: Stage
  #full = false
  #value: T | undefined
  #ticket: Ticket | undefined

  constructor(stage: Stage) {
    this.#stage = stage
  }

  get full(): boolean {
    return this.#full
  }

  put(value: T, ticket: Ticket | undefined): void {
    this.drop()
    this.#full = true
    this.#value = value
    this.#ticket = ticket
  }

  /** Takes over what another slot holds. */
  takeFrom(other: Slot<T>): void {
    this.put(other.#value as T, other.#ticket)
    other.#clear()
  }

  /** Hands out what it holds as value number `count`; answers how many there are then. */
  moveTo(into: T[], tickets: Tickets | null, count: number): number {
    if (!this.#full) return count
    into[count] = this.#value as T
    if (tickets) tickets[count] = this.#ticket
    this.#clear()
    return count + 1
  }

  drop(): void {
    if (!this.#full) return
    const ticket = this.#ticket
    this.#clear()
    this.#stage.settle(ticket, 'dropped')
  }

  /** The run is over: what it holds will not be delivered. */
  giveBack(reason: unknown): void {
    this.#ticket?.nack(reason)
    this.#clear()
  }

  #clear(): void {
    this.#full = false
    this.#value = this.#ticket = undefined
  }
}
