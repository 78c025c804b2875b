import type { Outcome } from '../src/index'
import { asyncOperator, Feed, PromiseReads, reasonOf, type Keeper, type Stage, type StageState, type Ticket, type Tickets } from '../src/authoring'
import type { Openable } from '../src/authoring'
import type { Operator } from '../src/index'

/** A value with its ticket, as a store keeps it. */
interface Kept<T> {
  readonly value: T
  readonly ticket: Ticket | undefined
}

/**
 * Stands for a queue on disk or in a broker: a bounded store whose `put` and `take` are promises that settle some microtasks
 * later. `take` answers undefined when the store was closed and is empty.
 */
export class PromiseStore<T> {
  readonly capacity: number
  readonly #kept: Kept<T>[] = []
  readonly #putters: (() => void)[] = []
  readonly #takers: (() => void)[] = []
  #closed = false
  /** The most that was ever kept. */
  highest = 0

  constructor(capacity: number) {
    this.capacity = capacity
  }

  get size(): number {
    return this.#kept.length
  }

  async put(value: T, ticket: Ticket | undefined): Promise<void> {
    await Promise.resolve()
    while (this.#kept.length >= this.capacity && !this.#closed) await new Promise<void>((resolve) => { this.#putters.push(resolve) })
    this.#kept.push({ value, ticket })
    this.highest = Math.max(this.highest, this.#kept.length)
    this.#takers.shift()?.()
  }

  async take(): Promise<Kept<T> | undefined> {
    await Promise.resolve()
    while (this.#kept.length === 0) {
      if (this.#closed) return undefined
      await new Promise<void>((resolve) => { this.#takers.push(resolve) })
    }
    this.#putters.shift()?.()
    return this.#kept.shift()
  }

  /** Nothing more is put; what is kept still comes out. */
  close(): void {
    this.#closed = true
    for (const wake of [...this.#takers.splice(0), ...this.#putters.splice(0)]) wake()
  }

  /** Takes out all that is left. */
  drain(): Kept<T>[] {
    return this.#kept.splice(0)
  }
}

/**
 * A joint around a store of promises: a {@link Feed} that puts, and {@link PromiseReads} that take.
 *
 * ```text
 *   upstream ◀─pull─ feed ─ put ─▶ [store] ─ take ─▶ reads ◀─pull─ consumer
 * ```
 *
 * Invariant: at most one put is under way; while one is, nothing is read.
 */
class StoreJoint<T> extends PromiseReads<Kept<T> | undefined, T> implements Keeper<T> {
  readonly tickets: Tickets | null
  readonly #store: PromiseStore<T>
  readonly #feed: Feed<T>
  readonly #ticketsRead: (Ticket | undefined)[] = []
  #putting = false
  /** The stage has ended: a put that is under way gives its ticket back. */
  #ended: { readonly reason: unknown } | undefined

  constructor(upstream: Openable<T>, stage: Stage, store: PromiseStore<T>) {
    super(stage)
    this.#store = store
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    stage.expose(store)
  }

  override pull(into: T[], limit: number): number {
    this.#feed.start()
    const count = super.pull(into, limit)
    if (this.tickets) for (let i = 0; i < count; i++) this.tickets[i] = this.#ticketsRead.shift()
    return count
  }

  protected read(): Promise<Kept<T> | undefined> {
    return this.#store.take()
  }

  protected accept(kept: Kept<T> | undefined): void {
    if (kept === undefined) {
      this.end()
      return
    }
    this.hold(kept.value)
    this.#ticketsRead.push(kept.ticket)
  }

  room(): number | StageState {
    return this.#putting ? 'busy' : 1
  }

  take(values: readonly T[], _count: number, tickets: Tickets | null | undefined): boolean {
    const ticket = tickets?.[0]
    const left = this.stage.waitFor('call')
    this.#putting = true
    void this.#store.put(values[0] as T, ticket).then(() => {
      left()
      this.#putting = false
      if (this.#ended) this.#giveBack()
      else if (this.#feed.ended) this.#store.close()
      else this.#feed.wake()
    })
    return false
  }

  ended(): void {
    if (!this.#putting) this.#store.close()
  }

  override failed(error?: unknown): void {
    this.stage.fail(error)
    this.ended()
  }

  override close(outcome: Outcome): void {
    this.#ended = { reason: reasonOf(outcome) }
    this.letGo()
    for (const ticket of this.#ticketsRead.splice(0)) ticket?.nack(this.#ended.reason)
    this.#giveBack()
    this.#store.close()
  }

  #giveBack(): void {
    for (const { ticket } of this.#store.drain()) ticket?.nack(this.#ended?.reason)
  }
}

/** The operator around a store; each run gets a store of its own. */
export function throughStore<T>(makeStore: () => PromiseStore<T>): Operator<T, T> {
  return asyncOperator<T, T>('throughStore', (upstream, stage) => new StoreJoint<T>(upstream, stage, makeStore()))
}
