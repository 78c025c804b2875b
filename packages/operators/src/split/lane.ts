import { ProtocolError, type Outcome } from '@sluice/core'
import { DONE, Gauge, Held, PENDING, reasonOf, type Puller, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'
import type { Chunk } from './chunk'
import type { LanePolicy } from './slow-branch'

/** Who puts values into a lane. */
export interface LaneOwner {
  /** A branch asks, and has nothing. */
  asked(): void
  /** A branch has taken some of what it was given. */
  took(): void
  /** A branch wants no more. Answers whether others go on: then nobody misses what it leaves unread. */
  left(): boolean
}

/**
 * What one branch is given: the values on their way to it, and what it asks for.
 *
 * ```text
 *   owner ──push──▶ [held] ──pull──▶ branch
 *     ▲ asked ── demand ── PENDING ────┘
 * ```
 *
 * Invariants: `demand` > 0 only while the branch waits for a wake; at most max(demand, capacity) values are held.
 */
export class Lane<A> implements Puller<A> {
  readonly tickets: Tickets = []
  readonly lossy: boolean
  readonly capacity: number
  /** The limit of the pull that was answered PENDING; 0 while nobody waits. */
  demand = 0
  /** False when the branch wants no more, or was cut off. */
  live = true
  /** Since when it has held another branch, in ms. */
  heldSince: number | undefined
  readonly #owner: LaneOwner
  readonly #held = new Held<A>({ capacity: Infinity, onDrop: (_value, ticket) => { this.#stage?.settle(ticket, 'dropped', 'closed branch') } })
  /** What it reads before that, from `#at` on. */
  #chunk: Chunk<A> | undefined
  #at = 0
  #stage: Stage | undefined
  /** Of a branch with a buffer, from when it is opened on. */
  #gauge: Gauge | undefined
  #end: { readonly failure: { readonly error: unknown } | undefined } | undefined

  constructor(owner: LaneOwner, policy: LanePolicy) {
    this.#owner = owner
    this.capacity = policy.capacity
    this.lossy = policy.lossy
  }

  /** The branch asks and has nothing. */
  get waiting(): boolean {
    return this.demand > 0 && this.isEmpty
  }

  /** Nothing is on its way to the branch. */
  get isEmpty(): boolean {
    return this.#chunk === undefined && this.#held.isEmpty
  }

  get #size(): number {
    return (this.#chunk === undefined ? 0 : this.#chunk.size - this.#at) + this.#held.size
  }

  /** How many more values may be pushed. */
  get free(): number {
    return this.live ? Math.max(this.demand, this.capacity) - this.#size : 0
  }

  /** The running half of the branch's source, which is read once. */
  open(stage: Stage): Puller<A> {
    if (this.#stage !== undefined) {
      throw new ProtocolError(`${stage.name}: a branch can read its source once per run; to read it twice, fan out inside the branch`)
    }
    this.#stage = stage
    const size = (): number => this.#size
    if (this.capacity > 0) {
      this.#gauge = new Gauge({ capacity: this.capacity, get size() { return size() } })
      stage.expose(this.#gauge)
    }
    return this
  }

  pull(into: A[], limit: number): number {
    const count = this.#chunk !== undefined ? this.#read(this.#chunk, into, limit) : this.#held.isEmpty ? 0 : this.#held.drainInto(into, this.tickets, limit)
    this.heldSince = undefined
    if (count > 0) {
      if (this.#gauge !== undefined) this.#gauge.changed()
      this.#owner.took()
      return count
    }
    if (this.#end) {
      if (this.#end.failure) throw this.#end.failure.error
      return DONE
    }
    this.demand = limit
    this.#owner.asked()
    return PENDING
  }

  close(outcome: Outcome): void {
    if (!this.live) return
    this.live = false
    const missed = !this.#owner.left() || outcome.status === 'failed'
    const reason = reasonOf(outcome)
    this.#keep()
    if (missed || reason !== undefined) this.#held.giveBack(reason)
    else this.#held.dropAll()
    this.#gauge?.changed()
  }

  /** Gives the branch, which has nothing, all of a chunk. */
  lend(chunk: Chunk<A>): void {
    this.#chunk = chunk
    this.#at = 0
    if (this.#gauge !== undefined) this.#gauge.changed()
  }

  /** Adds a value; the caller has seen to it that it is free, and wakes it afterwards. */
  push(value: A, ticket: Ticket | undefined): void {
    this.#held.push(value, ticket)
    if (this.#gauge !== undefined) this.#gauge.changed()
  }

  /** Adds `values[from..from + count)`, of which there is room for each, with their tickets. */
  pushAll(values: readonly A[], from: number, count: number, tickets: Tickets): void {
    this.#held.pushAll(values, from, count, tickets)
    if (this.#gauge !== undefined) this.#gauge.changed()
  }

  /** Tells a branch that waits of what was pushed. */
  notify(): void {
    if (this.demand === 0 || this.isEmpty) return
    this.demand = 0
    this.#stage?.wake()
  }

  /** No more values: what is held still comes out, then the end, or the failure. */
  finish(failure?: { readonly error: unknown }): void {
    if (this.#end) return
    this.#end = { failure }
    this.demand = 0
    this.#stage?.wake()
  }

  /** The branch is cut off: gives up what it has not read, one by one, as dropped. */
  cut(lost: (value: A, ticket: Ticket | undefined) => void): void {
    this.live = false
    this.demand = 0
    this.#end = { failure: undefined }
    this.#keep()
    for (let kept = this.#held.shift(); kept; kept = this.#held.shift()) lost(kept.value, kept.ticket)
    this.#gauge?.changed()
  }

  #read(chunk: Chunk<A>, into: A[], limit: number): number {
    const at = this.#at
    const count = Math.min(limit, chunk.size - at)
    const { values, tickets } = chunk
    const own = this.tickets
    for (let i = 0; i < count; i++) {
      into[i] = values[at + i] as A
      own[i] = tickets[at + i]
    }
    this.#at = at + count
    if (this.#at === chunk.size) this.#leave()
    return count
  }

  /** What is left of the chunk is held by the lane itself, in front of what the lane holds. */
  #keep(): void {
    const chunk = this.#chunk
    if (chunk === undefined) return
    const behind: { readonly value: A; readonly ticket: Ticket | undefined }[] = []
    for (let kept = this.#held.shift(); kept; kept = this.#held.shift()) behind.push(kept)
    for (let i = this.#at; i < chunk.size; i++) this.#held.push(chunk.values[i] as A, chunk.tickets[i])
    for (const { value, ticket } of behind) this.#held.push(value, ticket)
    this.#leave()
  }

  #leave(): void {
    this.#chunk?.leave()
    this.#chunk = undefined
  }
}

/**
 * How many values fit into every lane that can hold the others, while at least one of them waits; 0 where none does.
 *
 * @param least the answer where one waits and another has no room.
 */
export function roomOf(lanes: readonly Lane<unknown>[], least = 0): number {
  let room = Infinity
  let wanted = false
  for (const lane of lanes) {
    if (!lane.live) continue
    if (lane.waiting) {
      // Its demand counts, not its buffer: nothing is read for a buffer's sake.
      wanted = true
      room = Math.min(room, lane.demand)
    } else if (!lane.lossy) {
      room = Math.min(room, lane.free)
    }
  }
  return wanted ? Math.max(room, least) : 0
}
