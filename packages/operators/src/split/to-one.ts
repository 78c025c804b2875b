import type { Ticket } from '@sluice/core/authoring'
import type { Dealer } from './dealer'
import type { Hub } from './hub'
import { roomOf, type Lane } from './lane'

/**
 * Each value goes to the branch that is chosen for it.
 *
 * Where all branches wait, as many values are read as the least of them asks for, since all may go to that one. Where
 * some do not, one value at a time: should its branch not be ready, it is held, and with it those after it.
 */
export class ToOne<A> implements Dealer<A> {
  readonly #hub: Hub<A>
  readonly #choose: (value: A) => number
  /** Where the value at hand goes, once that is known. */
  #target: number | undefined

  constructor(hub: Hub<A>, choose: (value: A) => number) {
    this.#hub = hub
    this.#choose = choose
  }

  room(): number {
    return roomOf(this.#hub.lanes, 1)
  }

  ready(value: A): boolean {
    const lane = this.#hub.lanes[(this.#target ??= this.#choose(value))]
    return lane === undefined || !lane.live || lane.lossy || lane.free > 0
  }

  give(value: A, ticket: Ticket | undefined): void {
    const index = this.#target as number
    this.#target = undefined
    const lane = this.#hub.lanes[index]
    if (lane !== undefined && lane.free > 0) {
      lane.push(value, ticket)
      return
    }
    // Its branch is not ready and may be passed over, or wants no more.
    this.#hub.drop(value, index, ticket)
  }

  heldBy(lane: Lane<unknown>): boolean {
    return this.#target !== undefined && lane === this.#hub.lanes[this.#target] && this.#hub.lanes.some((other) => other.live && other.waiting)
  }
}
