import type { Ticket, Tickets } from '@sluice/core/authoring'
import { Chunk } from './chunk'
import type { Dealer } from './dealer'
import type { Hub } from './hub'
import { roomOf, type Lane } from './lane'

/** Every live branch gets every value, or its part of it: read at the pace of the slowest that may hold the others. */
export class ToAll<A> implements Dealer<A> {
  readonly #hub: Hub<A>
  readonly #split: ((value: A) => ArrayLike<unknown>) | undefined
  #parts: ArrayLike<unknown> | undefined
  readonly #chunk = new Chunk<unknown>()
  readonly #tickets: Tickets = []

  /** @param split the parts of a value, one for each lane. Default: each gets the whole. */
  constructor(hub: Hub<A>, split?: (value: A) => ArrayLike<unknown>) {
    this.#hub = hub
    this.#split = split
  }

  room(): number {
    return roomOf(this.#hub.lanes)
  }

  ready(value: A): boolean {
    this.#parts = this.#split?.(value)
    return true
  }

  give(value: A, ticket: Ticket | undefined): void {
    const parts = this.#parts
    this.#parts = undefined
    const { lanes, stage } = this.#hub
    let shares = 0
    for (const lane of lanes) if (lane.live) shares++
    if (shares === 0) {
      stage.settle(ticket, 'dropped', 'closed branch')
      return
    }
    const share = shares > 1 ? stage.share(ticket, shares) : ticket
    let missed: number[] | undefined
    for (let index = 0; index < lanes.length; index++) {
      const lane = lanes[index] as (typeof lanes)[number]
      if (!lane.live) continue
      if (lane.free > 0) lane.push(parts ? parts[index] : value, share)
      else (missed ??= []).push(index)
    }
    if (missed) for (const index of missed) this.#hub.drop(value, index, share)
  }

  /** Values that each live lane has room for: a batch at once is a fifth of the time of a broadcast. */
  giveAll(values: readonly A[], from: number, count: number, tickets: Tickets | null | undefined): number {
    if (this.#split) return 0
    const { lanes, stage } = this.#hub
    let shares = 0
    let room = count
    let isAtOnce = this.#chunk.isFree
    for (const lane of lanes) {
      if (!lane.live) continue
      shares++
      room = Math.min(room, lane.free)
      isAtOnce &&= lane.isEmpty
    }
    if (shares === 0 || room < 1) return 0
    if (isAtOnce) {
      this.#chunk.fill(values, from, room, tickets, stage, shares)
      for (const lane of lanes) if (lane.live) lane.lend(this.#chunk)
      return room
    }
    const given = this.#tickets
    for (let i = 0; i < room; i++) {
      const ticket = tickets?.[from + i]
      given[from + i] = shares > 1 ? stage.share(ticket, shares) : ticket
    }
    for (const lane of lanes) if (lane.live) lane.pushAll(values, from, room, given)
    given.fill(undefined, from, from + room)
    return room
  }

  heldBy(lane: Lane<unknown>): boolean {
    return !lane.waiting && lane.free < 1 && this.#hub.lanes.some((other) => other.live && other.waiting)
  }
}
