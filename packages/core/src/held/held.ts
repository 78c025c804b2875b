import { answeredNumber } from '../answered'
import type { Clock } from '../contract/clock'
import type { JointMeasure } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { QueueFullError } from '../errors'
import { FifoShelf } from './fifo-shelf'
import { JointMeter } from './joint-meter'
import type { Order } from './order'
import { OrderedShelf } from './ordered-shelf'
import type { Overflow } from './overflow'
import type { Kept, Shelf } from './shelf'

/** Options of a {@link Held}, checked by whoever makes it. */
export interface HeldOptions<T> {
  /** Values held at most, 1 or more, or Infinity. */
  readonly capacity: number
  /** Named in errors about answers of the user's functions, and about a full one. Default `'Held'`. */
  readonly name?: string | undefined
  /** From so many values down it `isLow`. Default `capacity - ceil(3/4 capacity)`. Taken from Reactor's prefetch. */
  readonly low?: number | undefined
  /** What becomes of a value for which there is no room. Default `'wait'`: it stays with whoever wanted to push it. */
  readonly overflow?: Overflow | undefined
  /** What is held weighs at most so much; a value heavier than that enters only where nothing else is. With `weigh`. */
  readonly maxWeight?: number | undefined
  /** What a value weighs, 0 or more. */
  readonly weigh?: ((value: T) => number) | undefined
  /** In which order values come out: see `orderOf`. Default: first in, first out. */
  readonly order?: Order<T> | undefined
  /** Told of each value that is dropped, with its ticket, which is to be settled. */
  readonly onDrop?: ((value: T, ticket: Ticket | undefined) => void) | undefined
}

/** What became of a pushed value: it is held, it was dropped, or there is no room and it is still yours; `'refused'`: under `'fail'`. */
export type Pushed = 'held' | 'dropped' | 'full' | 'refused'

/**
 * What a stage holds: values with their tickets and weights, under one bound and one overflow policy. In process, synchronous;
 * knows nothing of who waits.
 *
 * ```text
 *   push(value, ticket) ─▶ room? ─ yes ─▶ [shelf: fifo, by priority, by key] ─ drainInto ─▶ into, tickets
 *                            │                                               ├─ giveBack ─▶ tickets are nacked
 *                            │ no                                            └─ dropAll ──▶ onDrop
 *                            ├ wait                   'full': the value is still yours
 *                            ├ fail                   'refused': the value is still yours, and `fullError()` tells why
 *                            ├ drop-newest            onDrop(value)
 *                            └ drop-oldest, latest    onDrop(what had to make room), and in it goes
 * ```
 *
 * Invariants: `size` ≤ capacity; `weight` ≤ maxWeight, unless one value alone is heavier; `weight` is the sum of the weights
 * held; every ticket that was taken in leaves once: drained, told to `onDrop`, or given back. A `push` that throws has not taken
 * its value in, and nothing was dropped for that value unless `compare` has refused it only in company.
 *
 * @example
 * ```ts
 * import { Held } from '@sluice/core/authoring'
 *
 * const held = new Held<string>({ capacity: 2, overflow: 'drop-oldest' })
 * for (const letter of 'abc') held.push(letter, undefined)
 * const into: string[] = []
 * held.drainInto(into, null, 10) // 2
 * into // ['b', 'c']
 * ```
 */
export class Held<T> {
  readonly capacity: number
  readonly overflow: Overflow
  /** Nothing to weigh, to order or to drop: what there is room for may go in by `pushAll`. */
  readonly plain: boolean
  /** A function of the user's is asked about each value. */
  readonly asks: boolean
  readonly #name: string
  readonly #weigh: ((value: T) => number) | undefined
  readonly #order: Order<T> | undefined
  readonly #onDrop: HeldOptions<T>['onDrop']
  readonly #shelf: Shelf<T>
  /** The same one, where it is `plain`. */
  readonly #fifo: FifoShelf<T> | undefined
  readonly #low: number
  readonly #maxWeight: number
  /** Every value may enter while there are fewer than `capacity`. */
  readonly #byCount: boolean
  #complaint: { readonly error: unknown; readonly value: T } | undefined
  #meter: JointMeter | undefined

  constructor(options: HeldOptions<T>) {
    const { capacity, low, overflow = 'wait', weigh, maxWeight = Infinity, order, onDrop, name = 'Held' } = options
    this.#name = name
    this.#weigh = weigh
    this.#order = order
    this.#onDrop = onDrop
    this.capacity = capacity
    this.overflow = overflow
    this.plain = weigh === undefined && order === undefined && overflow === 'wait'
    this.asks = weigh !== undefined || order !== undefined
    this.#low = low ?? capacity - Math.ceil((3 / 4) * capacity)
    this.#maxWeight = maxWeight
    const fifo = new FifoShelf<T>(capacity, weigh !== undefined)
    this.#shelf = order ? new OrderedShelf<T>(order.storage(capacity, name)) : fifo
    this.#fifo = this.plain ? fifo : undefined
    this.#byCount = weigh === undefined && this.#shelf.admits === undefined
  }

  get size(): number {
    return this.#shelf.size
  }

  get weight(): number {
    return this.#shelf.weight
  }

  /** What all that is held may weigh; undefined where nothing is weighed. */
  get maxWeight(): number | undefined {
    return this.#weigh === undefined ? undefined : this.#maxWeight
  }

  get isEmpty(): boolean {
    return this.#shelf.size === 0
  }

  /** No value may enter, except perhaps one that weighs nothing. */
  get isFull(): boolean {
    return this.#shelf.size >= this.capacity || this.#shelf.weight >= this.#maxWeight
  }

  /** So little is held that whoever fills it goes on. */
  get isLow(): boolean {
    return this.#shelf.size <= this.#low && this.#shelf.weight <= this.#maxWeight / 4
  }

  /** How many values are worth reading: as many as enter in any case, else one to try; 0 when full. */
  get room(): number {
    const room = this.capacity - this.#shelf.size
    return this.#byCount || room < 1 ? room : 1
  }

  /** What becomes of a value for which there is no room is known, so that it need not wait for any. */
  get drops(): boolean {
    return this.overflow !== 'wait'
  }

  /**
   * What a value weighs; 0 where nothing is weighed.
   *
   * @throws AnswerError where `weigh` answers no number of at least 0.
   */
  weigh(value: T): number {
    // An infinite weight would leave NaN behind when it comes out, and with it no bound at all.
    return this.#weigh === undefined ? 0 : answeredNumber(this.#name, 'weigh', this.#weigh(value))
  }

  /**
   * Where a value belongs in the order; undefined where values come out as they came.
   *
   * @throws what the user's function throws, and AnswerError where its answer cannot be worked with.
   */
  rank(value: T): unknown {
    return this.#order === undefined ? undefined : this.#order.rank(value, this.#name)
  }

  /**
   * Takes a value in, or does with it what the policy says.
   *
   * @param weight what `weigh(value)` answered, where that is known already; given together with `rank`.
   * @param rank what `rank(value)` answered.
   * @throws what `weigh` or the order throws: the value is still yours then. What `onDrop` throws is kept for `takeComplaint`,
   * because the value is dealt with.
   */
  push(value: T, ticket: Ticket | undefined, weight?: number, rank?: unknown): Pushed {
    if (this.#fifo !== undefined) {
      if (!this.#fifo.push(value, ticket, 0)) return 'full'
      if (this.#meter !== undefined) this.#came(this.#meter)
      return 'held'
    }
    return weight === undefined ? this.#push(value, ticket, this.weigh(value), this.rank(value)) : this.#push(value, ticket, weight, rank)
  }

  /** Takes in `values[from..from + count)` with their tickets. Only where it is `plain`, and there is room for all of them. */
  pushAll(values: readonly T[], from: number, count: number, tickets: Tickets | null | undefined): void {
    this.#fifo?.pushAll(values, from, count, tickets)
    if (this.#meter !== undefined) this.#came(this.#meter)
  }

  /**
   * Moves up to `limit` values to `into[0..]` and their tickets to `tickets[0..]`; answers how many.
   *
   * @throws what the order throws, where it has moved none. After some it answers those, and throws the next time.
   */
  drainInto(into: T[], tickets: Tickets | null, limit: number): number {
    const count = this.#shelf.drain(into, tickets, limit)
    if (this.#meter !== undefined && count > 0) this.#left(this.#meter)
    return count
  }

  /** Takes out what comes next; undefined when empty. */
  shift(): Kept<T> | undefined {
    const kept = this.#shelf.shift()
    if (this.#meter !== undefined && kept !== undefined) this.#left(this.#meter)
    return kept
  }

  /** What is held will not be delivered: its tickets go back. Answers how many values that was. */
  giveBack(reason: unknown): number {
    const { size } = this
    for (let kept = this.shift(); kept; kept = this.shift()) kept.ticket?.nack(reason)
    return size
  }

  /** Drops all that is held, as the policy would. Answers how many values that was. */
  dropAll(): number {
    const { size } = this
    for (let kept = this.shift(); kept; kept = this.shift()) this.#dropped(kept.value, kept.ticket)
    return size
  }

  /** The failure of a value that was refused. */
  fullError(): QueueFullError {
    const bounds = `${this.capacity} values${this.#maxWeight === Infinity ? '' : `, weight ${this.#maxWeight}`}`
    return new QueueFullError(`${this.#name}: full (${bounds}), and its overflow policy is 'fail'`)
  }

  /** Measures how long it is full and empty, and how old its values get, from now on. `stage.expose(held)` does so. */
  measure(clock: Clock): JointMeasure {
    return (this.#meter ??= new JointMeter(clock, this.size, this.isFull, this.#order === undefined))
  }

  /** What `onDrop` has thrown first since the last call, with the value that it was told of; undefined where it has not. */
  takeComplaint(): { readonly error: unknown; readonly value: T } | undefined {
    const complaint = this.#complaint
    this.#complaint = undefined
    return complaint
  }

  #push(value: T, ticket: Ticket | undefined, weight: number, rank: unknown): Pushed {
    if (!this.#hasRoom(weight, rank)) {
      if (this.overflow === 'wait') return 'full'
      if (this.overflow === 'fail') return 'refused'
      if (this.overflow === 'drop-newest') {
        this.#dropped(value, ticket)
        return 'dropped'
      }
      this.#makeRoom(weight, rank)
    }
    this.#shelf.push(value, ticket, weight, rank)
    if (this.#meter !== undefined) {
      this.#came(this.#meter)
      if (this.#order !== undefined) this.#shelf.mark?.(this.#meter.mark())
    }
    return 'held'
  }

  #came(meter: JointMeter): void {
    const { size, weight } = this.#shelf
    meter.put(size, size >= this.capacity || weight >= this.#maxWeight)
  }

  #left(meter: JointMeter): void {
    const { size, weight } = this.#shelf
    meter.took(size, size >= this.capacity || weight >= this.#maxWeight)
  }

  #hasRoom(weight: number, rank: unknown): boolean {
    const { size, weight: held, admits } = this.#shelf
    if (size >= this.capacity) return false
    // A value heavier than the bound enters only where nothing else is, or it would never.
    if (size > 0 && held + weight > this.#maxWeight) return false
    return admits === undefined || admits(rank)
  }

  #makeRoom(weight: number, rank: unknown): void {
    do {
      const victim = this.#shelf.drop(rank) as Kept<T>
      if (this.#meter !== undefined) this.#left(this.#meter)
      this.#dropped(victim.value, victim.ticket)
    } while (this.#shelf.size > 0 && (this.overflow === 'latest' || !this.#hasRoom(weight, rank)))
  }

  #dropped(value: T, ticket: Ticket | undefined): void {
    try {
      this.#onDrop?.(value, ticket)
    } catch (error) {
      this.#complaint ??= { error, value }
    }
  }
}
