import type { Ticket } from '@sluice/core/authoring'
import type { Dealer } from './dealer'
import type { Hub } from './hub'

/** Each value goes to one branch that asks, in turn; reads as many as are asked for. */
export class ToFree<A> implements Dealer<A> {
  readonly #hub: Hub<A>
  /** Whose turn it is. */
  #turn = 0

  constructor(hub: Hub<A>) {
    this.#hub = hub
  }

  room(): number {
    let room = 0
    for (const lane of this.#hub.lanes) if (lane.live && lane.waiting) room += lane.demand
    return room
  }

  ready(): boolean {
    const { lanes } = this.#hub
    for (let steps = lanes.length; steps > 0; steps--) {
      if ((lanes[this.#turn]?.free ?? 0) > 0) return true
      this.#turn = (this.#turn + 1) % lanes.length
    }
    return false
  }

  give(value: A, ticket: Ticket | undefined): void {
    const { lanes } = this.#hub
    lanes[this.#turn]?.push(value, ticket)
    this.#turn = (this.#turn + 1) % lanes.length
  }

  heldBy(): boolean {
    return false
  }
}
