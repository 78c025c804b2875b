import { type OnError, type Outcome } from '@sluice/core'
import {
  DONE, Gauge, RingBuffer, reasonOf, type Feed, type Keeper, type Openable, type Puller, type Scope, type Stage,
  type StageState, type Tickets,
} from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { GroupQueue, type Group, type GroupOwner } from './grouping'
import { guardedFeed, type Guarded } from './guarded'

/** The options of `groupBy`, checked. */
export interface CheckedGroupOptions<A> {
  readonly maxGroups: number
  readonly capacity: number
  readonly idleMs: number | undefined
  readonly onGroupLimit: 'fail' | 'evict'
  readonly onError: OnError<A> | undefined
}

/** How long, in ms, a full group that is in the hands of the user may be without a reader before the run counts as stuck. */
const FIND_READER_MS = 1000

/** A value has a key of its own while there are `maxGroups` groups, and the policy is `fail`. */
export class GroupLimitError extends Error {
  override readonly name = 'GroupLimitError'
  readonly code = 'SLUICE_GROUP_LIMIT'

  constructor(
    owner: string,
    readonly maxGroups: number,
    readonly key: unknown,
  ) {
    super(`${owner}: there are ${maxGroups} groups already, and onGroupLimit is 'fail'`)
  }
}

/**
 * Deals values out to the queues of their groups.
 *
 * ```text
 *                                 ┌▶ [group a] ─▶ its consumer
 *   upstream ◀─pull─ pump ─ key ──┼▶ [group b] ─▶ its consumer
 *                     ▲           └▶ [new groups] ─▶ pull ◀─ consumer
 *                     └ the group of the value is full, or there is none to be had: rests until that changes
 * ```
 *
 * Invariants: `#groups` holds those whose consumer has not learnt of their end, at most `maxGroups`, so there is one of
 * a key at most; they are in the order in which values came to them. While `#resting`, the value that finds no place is
 * kept by `#values`.
 */
export class Groups<K, A> implements Puller<Group<K, A>>, GroupOwner<K, A>, Keeper<A> {
  readonly tickets: Tickets | null
  readonly tracked: boolean
  readonly capacity: number
  readonly name: string
  readonly scope: Scope
  ending = 0
  readonly stage: Stage
  readonly #options: CheckedGroupOptions<A>
  readonly #feed: Feed<A>
  readonly #values: Guarded<A, K>
  readonly #gauge: Gauge
  readonly #idle: Alarm
  /** Set while it rests for a group that was handed out and that another run may still open. */
  readonly #loose: Alarm
  readonly #groups = new Map<K, GroupQueue<K, A>>()
  readonly #fresh: RingBuffer<GroupQueue<K, A>>
  #latest: GroupQueue<K, A> | undefined
  #held = 0
  #resting = false
  /** The full group it rests for; undefined where it rests for one to be over. */
  #full: GroupQueue<K, A> | undefined
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, keyOf: (value: A) => K, options: CheckedGroupOptions<A>) {
    this.stage = stage
    this.#options = options
    this.name = stage.name
    this.scope = stage.scope
    this.capacity = options.capacity
    const { feed, values } = guardedFeed(upstream, stage, this, keyOf, options.onError)
    this.#feed = feed
    this.#values = values
    // The groups carry none themselves, but downstream is to know that what is in them does.
    this.tickets = this.#feed.tickets
    this.tracked = this.tickets !== null
    this.#idle = new Alarm(stage, this.#feed.wake)
    this.#loose = new Alarm(stage, this.#feed.wake)
    this.#fresh = new RingBuffer(options.maxGroups)
    const size = (): number => this.#held
    // Each group has its own pace, so that which value is the oldest of all is not known.
    this.#gauge = new Gauge({ capacity: options.maxGroups * options.capacity, isOrdered: false, get size() { return size() } })
    stage.expose(this.#gauge)
  }

  pull(into: Group<K, A>[], limit: number): number {
    const count = Math.min(limit, this.#fresh.size)
    for (let i = 0; i < count; i++) {
      const group = this.#fresh.shift() as GroupQueue<K, A>
      group.isHandedOut = true
      into[i] = group.group
    }
    if (this.#full?.isLoose) this.#awaitReader(this.#full)
    // The groups are values that this stage makes; what is in them was read by the source.
    if (count > 0) this.stage.made(count)
    if (count > 0) return count
    return this.#ended ? DONE : this.#feed.wait()
  }

  opened(): void {
    this.#loose.clear()
  }

  drained(group: GroupQueue<K, A>, count: number): void {
    this.#held -= count
    this.#gauge.changed()
    if (this.#resting && this.#full === group) this.#feed.wake()
  }

  over(group: GroupQueue<K, A>, left: number): void {
    this.#held -= left
    this.#gauge.changed()
    this.stage.drop(left)
    this.#groups.delete(group.key)
    if (this.#latest === group) this.#latest = undefined
    if (this.#groups.size === 0) this.#idle.clear()
    if (this.#resting && (this.#full === group || this.#full === undefined)) this.#feed.wake()
  }

  /** Groups that were handed out end with it; where the run goes on without it, with what they hold. */
  close(outcome: Outcome): void {
    this.#idle.clear()
    this.#values.close(outcome)
    const error = reasonOf(outcome)
    // A consumer that has ended early gives no reason, and a thrown value may be undefined.
    const cutOff = outcome.status === 'failed' || error !== undefined ? { error } : undefined
    if (!this.#ended && cutOff) for (const group of this.#groups.values()) group.giveBack(error)
    for (let group = this.#fresh.shift(); group; group = this.#fresh.shift()) group.giveBack(error)
    this.#end(cutOff)
  }

  room(): number | StageState {
    if (this.#idle.rang) this.#endIdle()
    // The group that is full wakes the feed, and so does the alarm: no rest, which only the first of them would end.
    return this.#values.isThere && !this.#deal() ? 'backpressured' : 1
  }

  take(): boolean {
    this.#deal()
    return false
  }

  ended(): void {
    this.#end(this.#values.failure)
    this.stage.wake()
  }

  /** Puts the value that is there into its group; false where it has to rest for that. */
  #deal(): boolean {
    const values = this.#values
    const key = values.result as K
    this.#resting = false
    this.#full = undefined
    const group = this.#groups.get(key) ?? this.#begin(key)
    if (group === 'refused') return true
    if (group === undefined || group.isFull) {
      this.#resting = true
      this.#full = group
      if (group?.isLoose) this.#awaitReader(group)
      return false
    }
    const { ticket } = values
    group.push(values.take(), ticket)
    this.#held++
    this.#gauge.changed()
    this.#touch(group)
    if (this.#options.idleMs !== undefined) this.#idle.set(this.#options.idleMs)
    return true
  }

  /** A timer is a wait for something outside: until the time has passed, the run is no deadlock. */
  #awaitReader(group: GroupQueue<K, A>): void {
    if (group.wasAwaited) return
    group.wasAwaited = true
    this.#loose.clear()
    this.#loose.set(FIND_READER_MS)
  }

  /** A new group; undefined where there is no room for one yet. */
  #begin(key: K): GroupQueue<K, A> | 'refused' | undefined {
    const { maxGroups, onGroupLimit } = this.#options
    if (this.#groups.size < maxGroups) {
      const group = new GroupQueue<K, A>(key, this)
      this.#groups.set(key, group)
      this.#fresh.push(group)
      this.stage.wake()
      return group
    }
    // One that is ending makes room when its consumer is done with it.
    if (this.ending > 0) return undefined
    if (onGroupLimit === 'evict') {
      const [longestIdle] = this.#groups.values()
      longestIdle?.end()
      return undefined
    }
    const { ticket, attempt } = this.#values
    this.#values.failed(new GroupLimitError(this.name, maxGroups, key), this.#values.take(), ticket, attempt)
    return 'refused'
  }

  /** Keeps the groups in the order in which values came. */
  #touch(group: GroupQueue<K, A>): void {
    if (this.#latest !== group) {
      this.#latest = group
      this.#groups.delete(group.key)
      this.#groups.set(group.key, group)
    }
    if (this.#options.idleMs !== undefined) group.lastAt = this.scope.clock.now()
  }

  #endIdle(): void {
    const idleMs = this.#options.idleMs as number
    const now = this.scope.clock.now()
    this.#idle.clear()
    // A group that is full while a value waits for it is not idle.
    if (this.#resting && this.#full) this.#touch(this.#full)
    for (const group of this.#groups.values()) {
      if (group.isEnding) continue
      const left = group.lastAt + idleMs - now
      if (left > 0) {
        this.#idle.set(left)
        return
      }
      group.end()
    }
  }

  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#ended) return
    this.#ended = true
    this.#feed.end()
    this.#idle.clear()
    this.#loose.clear()
    for (const group of this.#groups.values()) group.end(failure)
  }
}
