import {
  DONE, PENDING, RingBuffer, reasonOf,
  type OnError, type Openable, type Outcome, type Puller, type Scope, type Stage, type StageState, type Tickets, type WakeableTask,
} from '@sluice/core'
import { Alarm } from './alarm'
import { GroupQueue, type Group, type GroupOwner } from './grouping'
import { Guarded } from './guarded'

/** The options of `groupBy`, checked. */
export interface CheckedGroupOptions<A> {
  readonly maxGroups: number
  readonly capacity: number
  readonly idleMs: number | undefined
  readonly onGroupLimit: 'fail' | 'evict'
  readonly onError: OnError<A> | undefined
}

/** A value has a key of its own while there are `maxGroups` groups, and the policy is `fail`. */
export class GroupLimitError extends Error {
  override readonly name = 'GroupLimitError'

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
export class Groups<K, A> implements Puller<Group<K, A>>, GroupOwner<K, A> {
  readonly tickets: Tickets | null
  readonly tracked: boolean
  readonly capacity: number
  readonly name: string
  readonly scope: Scope
  ending = 0
  readonly stage: Stage
  readonly #options: CheckedGroupOptions<A>
  readonly #task: WakeableTask
  readonly #values: Guarded<A, K>
  readonly #idle: Alarm
  readonly #groups = new Map<K, GroupQueue<K, A>>()
  readonly #fresh: RingBuffer<GroupQueue<K, A>>
  #latest: GroupQueue<K, A> | undefined
  #held = 0
  #resting = false
  /** The full group it rests for; undefined where it rests for one to be over. */
  #full: GroupQueue<K, A> | undefined
  #started = false
  #ended = false

  constructor(upstream: Openable<A>, stage: Stage, keyOf: (value: A) => K, options: CheckedGroupOptions<A>) {
    this.stage = stage
    this.#options = options
    this.name = stage.name
    this.scope = stage.scope
    this.capacity = options.capacity
    this.#task = stage.task(() => this.#pump())
    const outlet = stage.open(upstream, this.#task.wake)
    this.tracked = Boolean(outlet.tickets)
    // The groups carry none themselves, but downstream is to know that what is in them does.
    this.tickets = this.tracked ? [] : null
    this.#values = new Guarded(outlet, stage, keyOf, options.onError, this.#task.wake)
    this.#idle = new Alarm(stage, this.#task.wake)
    this.#fresh = new RingBuffer(options.maxGroups)
    const size = (): number => this.#held
    stage.expose({ capacity: options.maxGroups * options.capacity, get size() { return size() } })
  }

  pull(into: Group<K, A>[], limit: number): number {
    const count = Math.min(limit, this.#fresh.size)
    for (let i = 0; i < count; i++) into[i] = (this.#fresh.shift() as GroupQueue<K, A>).group
    // The groups are values that this stage makes; what is in them was read by the source.
    if (count > 0) this.stage.made(count)
    if (count > 0) return count
    if (this.#ended) return DONE
    if (!this.#started) {
      this.#started = true
      this.#task.wake()
    }
    return PENDING
  }

  drained(group: GroupQueue<K, A>, count: number): void {
    this.#held -= count
    if (this.#resting && this.#full === group) this.#task.wake()
  }

  over(group: GroupQueue<K, A>, left: number): void {
    this.#held -= left
    this.stage.drop(left)
    this.#groups.delete(group.key)
    if (this.#latest === group) this.#latest = undefined
    if (this.#groups.size === 0) this.#idle.clear()
    if (this.#resting && (this.#full === group || this.#full === undefined)) this.#task.wake()
  }

  /** Groups that were handed out end with it; where the run goes on without it, with what they hold. */
  close(outcome: Outcome): void {
    this.#idle.clear()
    this.#values.close(outcome)
    const error = reasonOf(outcome)
    const cutOff = error === undefined ? undefined : { error }
    if (!this.#ended && cutOff) for (const group of this.#groups.values()) group.giveBack(error)
    for (let group = this.#fresh.shift(); group; group = this.#fresh.shift()) group.giveBack(error)
    this.#end(cutOff)
  }

  #pump(): StageState {
    const { scheduler } = this.scope
    if (this.#idle.rang) this.#endIdle()
    while (!this.#ended) {
      const found = this.#values.peek()
      if (found === PENDING) return 'idle'
      if (found === DONE) {
        this.#end(this.#values.failure)
        this.stage.wake()
      } else if (found === 1 && !this.#deal()) {
        return 'backpressured'
      } else if (scheduler.spent(1)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
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
      return false
    }
    const { ticket } = values
    group.push(values.take(), ticket)
    this.#held++
    this.#touch(group)
    if (this.#options.idleMs !== undefined) this.#idle.set(this.#options.idleMs)
    return true
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
    this.#idle.clear()
    for (const group of this.#groups.values()) group.end(failure)
  }
}
