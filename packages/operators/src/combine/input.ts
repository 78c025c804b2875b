import { DONE, reasonOf, type Openable, type Outcome, type Outlet, type Stage, type Ticket, type Tickets } from '@sluice/core'
import type { Pulled } from './gather'

/**
 * One of several upstreams. It is asked only when that may pay, and can hold one value until the others have theirs.
 *
 * Invariant: `ready` is false only while it has ended or its wake is still to come.
 */
export class Input<T> implements Pulled<T> {
  readonly #outlet: Outlet<T>
  readonly #slot: T[] = []
  ready = true
  ended = false
  /** A value is there that nobody has taken. */
  held = false
  /** The ticket of the value held. */
  ticket: Ticket | undefined

  /** @param onReady told when a value may have come. */
  constructor(stage: Stage, source: Openable<T>, onReady?: () => void) {
    this.#outlet = stage.open(source, () => {
      this.ready = true
      onReady?.()
      stage.wake()
    })
  }

  get tickets(): Tickets | null | undefined {
    return this.#outlet.tickets
  }

  /** Answers how many values came; 0 where none is there now, or none will be. */
  pull(into: T[], limit: number): number {
    if (!this.ready || this.ended) return 0
    // Before the pull: it may wake while it is being pulled.
    this.ready = false
    const count = this.#outlet.pull(into, limit)
    if (count === DONE) this.ended = true
    if (count < 0) return 0
    if (this.#outlet.dry !== true) this.ready = true
    return count
  }

  /** Sees to it that a value is held; false where none is there now, or none will be. */
  fill(): boolean {
    if (this.held) return true
    this.held = this.pull(this.#slot, 1) === 1
    if (this.held) this.ticket = this.#outlet.tickets?.[0]
    return this.held
  }

  /** The value held. */
  get value(): T {
    return this.#slot[0] as T
  }

  /** Takes the value held; its ticket is the taker's now. */
  take(): T {
    const value = this.#slot[0] as T
    this.#slot[0] = undefined as T
    this.ticket = undefined
    this.held = false
    return value
  }

  /** The end has come: a value that is still held goes back. */
  close(outcome: Outcome): void {
    this.ticket?.nack(reasonOf(outcome))
    if (this.held) this.take()
  }
}

/** An array to put tickets in, where one of the inputs gives any. */
export function ticketsOf(inputs: readonly Pulled<unknown>[]): Tickets | null {
  return inputs.some(({ tickets }) => tickets) ? [] : null
}
