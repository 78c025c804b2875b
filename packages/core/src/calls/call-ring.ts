import type { Call } from './call'

/**
 * The calls of one stage in a ring of slots: whose turn it is, which have settled, which run, and which serve no item.
 *
 * ```text
 *    head ─┐       ready ─┐           tail ─┐
 *   ┌──────▼────┬────────▼──┬──────────▼──┐
 *   │ idle      │ have their turn │ others │ idle          positions grow; `& mask` is the slot
 *   └───────────┴─────────────────┴────────┘
 * ```
 *
 * A slot keeps its call for the next item, so that to place and to release one moves no pointer. A call whose turn comes before
 * that of others changes places with the first of them, and one that has none with the last.
 *
 * Invariants: head ≤ ready ≤ tail; the call in the slot of position p has `at` = p for every p in [head, tail). In the order of
 * placing ready = tail: a call has its turn from the start, and nobody calls `turn` or `leave`.
 */
export class CallRing<A, B> {
  readonly #make: () => Call<A, B>
  readonly #asPlaced: boolean
  #slots: (Call<A, B> | undefined)[] = [undefined]
  #mask = 0
  #head = 0
  #ready = 0
  #tail = 0

  /**
   * @param make makes a call for a slot that has none yet.
   * @param asPlaced calls have their turns in the order of placing.
   */
  constructor(make: () => Call<A, B>, asPlaced: boolean) {
    this.#make = make
    this.#asPlaced = asPlaced
  }

  /** Calls that serve an item. */
  get size(): number {
    // Positions wrap round at 2 ** 31, so only their difference tells.
    return (this.#tail - this.#head) | 0
  }

  /** The call whose turn comes first; undefined where no call has one. */
  get first(): Call<A, B> | undefined {
    return this.#head === this.#ready ? undefined : this.#slots[this.#head & this.#mask]
  }

  /** A call for another item, behind all others. */
  place(): Call<A, B> {
    const at = this.#tail
    if (((at - this.#head) | 0) > this.#mask) this.#grow()
    this.#tail = (at + 1) | 0
    if (this.#asPlaced) this.#ready = this.#tail
    const call = (this.#slots[at & this.#mask] ??= this.#make())
    call.at = at
    return call
  }

  /** The turn of a call comes next, behind those that have theirs already. */
  turn(call: Call<A, B>): void {
    const { at } = call
    if (at !== this.#ready) this.#exchange(call, at, this.#ready)
    this.#ready = (this.#ready + 1) | 0
  }

  /** The first call serves no item any more. */
  releaseFirst(): void {
    this.#head = (this.#head + 1) | 0
  }

  /** A call that has no turn serves no item any more; not in the order of placing. */
  leave(call: Call<A, B>): void {
    const last = (this.#tail - 1) | 0
    if (call.at !== last) this.#exchange(call, call.at, last)
    this.#tail = last
  }

  /** Every call that was made. */
  *all(): Generator<Call<A, B>> {
    for (const call of [...this.#slots]) if (call) yield call
  }

  #exchange(call: Call<A, B>, from: number, to: number): void {
    const slots = this.#slots
    const other = slots[to & this.#mask] as Call<A, B>
    slots[to & this.#mask] = call
    slots[from & this.#mask] = other
    call.at = to
    other.at = from
  }

  #grow(): void {
    const old = this.#slots
    const mask = old.length * 2 - 1
    const slots = new Array<Call<A, B> | undefined>(mask + 1).fill(undefined)
    for (let at = this.#head; at !== this.#tail; at = (at + 1) | 0) slots[at & mask] = old[at & this.#mask]
    this.#slots = slots
    this.#mask = mask
  }
}
