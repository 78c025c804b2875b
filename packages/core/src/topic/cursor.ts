import type { Within } from '../contract/context'
import { RingBuffer } from '../held/ring-buffer'
import type { Published, TopicRing } from './topic-ring'

/**
 * How far one subscriber has read: a number in the shared ring, or, for one that misses new values, a ring of its own.
 *
 * ```text
 *   attached:   shared ring  … 41 42 43 44 45 46 │         unread = [at, tail)
 *                                     ▲ at       ▲ tail
 *   detached:   own ring     41 42 46                      43 to 45 were missed, so no single number says what is unread
 * ```
 *
 * It is detached when it cannot take a value, and attached again when it has read everything: only a subscriber that
 * lags costs anything per value. Invariants: size ≤ lag (the topic sees to it while attached); detached means size ≥ 1.
 */
export class SubscriptionCursor<T> {
  readonly lag: number
  readonly #ring: TopicRing<T>
  #at: number
  #own: RingBuffer<Published<T>> | undefined
  /** Goes up with every move, so that user code in between can be noticed. */
  moves = 0
  /** The context in which the value was published that was passed over last; of several that were drained at once, of the last of them. */
  within: Within | undefined = undefined

  constructor(ring: TopicRing<T>, lag: number, replay: number) {
    this.#ring = ring
    this.lag = lag
    this.#at = ring.startOf(Math.min(replay, lag))
    ring.enter(this.#at)
  }

  /** Values that are unread. */
  get size(): number {
    return this.#own === undefined ? this.#ring.tail - this.#at : this.#own.size
  }

  get isDetached(): boolean {
    return this.#own !== undefined
  }

  /** The number of the first value that would be one too many, if nothing were read until then. Only while attached. */
  get dueAt(): number {
    return this.#at + this.lag
  }

  /** The oldest unread value; there has to be one. */
  get first(): T {
    return this.#own === undefined ? this.#ring.at(this.#at) : (this.#own.at(0) as Published<T>).value
  }

  /** Passes over the oldest value. */
  skip(): void {
    this.moves++
    if (this.#own === undefined) {
      this.within = this.#ring.publishedAt(this.#at).within
      this.#moveTo(this.#at + 1)
    } else {
      this.within = this.#own.shift()?.within
      this.#attachIfRead()
    }
  }

  /** Moves up to `limit` values, oldest first, to `into[0..]`; answers how many. */
  drain(into: T[], limit: number): number {
    const count = Math.min(limit, this.size)
    if (count === 0) return 0
    this.moves++
    if (this.#own === undefined) {
      for (let i = 0; i < count; i++) into[i] = this.#ring.at(this.#at + i)
      this.within = this.#ring.publishedAt(this.#at + count - 1).within
      this.#moveTo(this.#at + count)
    } else {
      for (let i = 0; i < count; i++) {
        const { value, within } = this.#own.shift() as Published<T>
        into[i] = value
        this.within = within
      }
      this.#attachIfRead()
    }
    return count
  }

  /** Leaves the shared ring and takes the unread values along. */
  detach(): void {
    const own = new RingBuffer<Published<T>>(this.lag)
    for (let at = this.#at; at < this.#ring.tail; at++) own.push(this.#ring.publishedAt(at))
    this.#ring.leave(this.#at)
    this.#own = own
  }

  /** Only while detached: takes a new value; false when there is no room for it. */
  keep(published: Published<T>): boolean {
    return this.#own?.push(published) ?? false
  }

  /** Reads nothing any more. The cursor must not be used after that. */
  release(): void {
    this.moves++
    if (this.#own === undefined) this.#ring.leave(this.#at)
    this.#own = new RingBuffer<Published<T>>(1)
  }

  #moveTo(at: number): void {
    this.#ring.enter(at)
    this.#ring.leave(this.#at)
    this.#at = at
  }

  #attachIfRead(): void {
    if (this.#own?.isEmpty !== true) return
    this.#own = undefined
    this.#at = this.#ring.tail
    this.#ring.enter(this.#at)
  }
}
