import type { OnError } from '@sluice/core'
import type { Ticket, Tickets } from '@sluice/core/authoring'
import type { Hub } from './hub'
import type { Lane } from './lane'
import type { LanePolicy } from './slow-branch'

/** Which lanes a value goes to: the idea of a fan-out. */
export interface Dealer<A> {
  /** How many values may be read now; below 1: none. */
  room(): number
  /** Decides where a value goes. False: a lane is not ready for it, ask again. A throw is a failure of the item. */
  ready(value: A): boolean
  /** Hands out the value that was found ready, a share of its ticket to each that gets it. */
  give(value: A, ticket: Ticket | undefined): void
  /**
   * Hands out the first of `values[from..from + count)` at once, and answers how many; 0 where they have to be looked at one by
   * one. Absent: always one by one.
   */
  giveAll?(values: readonly A[], from: number, count: number, tickets: Tickets | null | undefined): number
  /** Whether it is this lane that the others wait for. */
  heldBy(lane: Lane<unknown>): boolean
}

/** What a hub is made with. */
export interface HubOptions<A> {
  readonly lanes: number
  readonly policy: LanePolicy
  readonly onError: OnError<A> | undefined
  readonly onDrop: ((value: A, lane: number) => void) | undefined
  readonly onDisconnect: ((lane: number) => void) | undefined
  readonly dealer: (hub: Hub<A>) => Dealer<A>
}
