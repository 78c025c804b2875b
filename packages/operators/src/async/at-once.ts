import type { Ticket } from '@sluice/core/authoring'
import type { Call } from './call'
import type { CallContext } from './call-options'
import type { CallsInFlight } from './calls-in-flight'
import type { Admission } from './calls-plan'

/** Every value is a running call as soon as it is read, so nothing is read that could not be started. */
export class AtOnce<A, B, C extends Call<A, B> & CallContext = Call<A, B>> implements Admission<A, C> {
  readonly #calls: CallsInFlight<A, B, C>
  readonly #beside: number
  readonly #limited: boolean

  /** @param limited calls need a permit. */
  constructor(calls: CallsInFlight<A, B, C>, beside: number, limited: boolean) {
    this.#calls = calls
    this.#beside = beside
    this.#limited = limited
  }

  get capacity(): number {
    return this.#calls.caller.concurrency + this.#beside
  }

  room(): number {
    const { caller, open } = this.#calls
    const room = Math.min(caller.concurrency - caller.running, this.capacity - open)
    if (!this.#limited) return room
    // One value at a time stands in line for a permit: what is behind it can wait upstream as well.
    return caller.waiting > 0 ? 0 : Math.min(room, 1)
  }

  enter(item: A, ticket: Ticket | undefined): void {
    const call = this.#calls.begin(item, ticket)
    this.#calls.keepPlace(call)
    this.#calls.caller.start(call)
  }

  settled(call: C): void {
    this.#calls.handOn(call)
  }

  vacated(): void {
    // The caller counts the places.
  }

  close(): void {
    // What it was given is running.
  }
}
