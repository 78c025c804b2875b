import { type Outcome } from '@sluice/core'
import {
  DONE, PENDING, reasonOf, sharesFailure, type Openable, type Outlet, type Stage, type Ticket, type Tickets,
} from '@sluice/core/authoring'
import type { Pulled } from './gather'

/**
 * One of several upstreams. It is asked only when that may pay, and can hold one value until the others have theirs.
 *
 * An upstream that answered PENDING is asked again in the next pull of the stage at the earliest, even if it wakes before
 * that: an upstream that wakes inside each of its pulls would keep a loop over `ready` going for ever. Its wake has woken
 * the stage, so there is a next pull.
 *
 * Invariant: `ready` is false only while the upstream has ended, while its wake is still to come, or in the pull of the stage
 * in which it answered PENDING.
 */
export class Input<T> implements Pulled<T> {
  readonly #outlet: Outlet<T>
  readonly #stage: Stage
  readonly #slot: T[] = []
  /** It has woken, or there was no need to. */
  #awake = true
  /** The pull of the stage in which it last answered PENDING. */
  #pendingIn: number | undefined
  ended = false
  /** A value is there that nobody has taken. */
  held = false
  /** The ticket of the value held. */
  ticket: Ticket | undefined

  /** @param onReady told when a value may have come. */
  constructor(stage: Stage, source: Openable<T>, onReady?: () => void) {
    this.#stage = stage
    this.#outlet = stage.open(source, () => {
      this.#awake = true
      onReady?.()
      stage.wake()
    })
  }

  get tickets(): Tickets | null | undefined {
    return this.#outlet.tickets
  }

  /** Asking it now may pay. */
  get ready(): boolean {
    return this.#awake && this.#pendingIn !== this.#stage.pulls
  }

  /** The stage has failed, and this upstream will end with the same failure, after what came before it. */
  get sharesFailure(): boolean {
    return !this.ended && sharesFailure(this.#stage, this.#outlet)
  }

  /** Answers how many values came; 0 where none is there now, or none will be. */
  pull(into: T[], limit: number): number {
    if (!this.ready || this.ended) return 0
    // Before the pull: it may wake while it is being pulled.
    this.#awake = false
    const count = this.#outlet.pull(into, limit)
    if (count === DONE) this.ended = true
    else if (count === PENDING) this.#pendingIn = this.#stage.pulls
    if (count < 0) return 0
    if (this.#outlet.dry !== true) this.#awake = true
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
