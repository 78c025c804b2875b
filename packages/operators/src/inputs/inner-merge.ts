import { type Outcome, type StageOptions } from '@sluice/core'
import { DONE, PENDING, reasonOf, type Openable, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { Input } from './input'
import { RoundRobin } from './round-robin'
import { Inner, innerOwner, type InnerOwner, type ProjectInner } from './inner'

/** So many values come out after a failure at most: an inner source that never pauses must not keep the failure back. */
export const AFTER_FAILURE = 65_536

/** So many times in a row an inner source may give way without a value; then it counts as one that has none at hand. */
export const GIVEN_WAY = 256

/**
 * Several inner sources at once, which take turns; with one at a time, one after the other.
 *
 * ```text
 *   upstream ◀─pull─ room? ─▶ inner, inner, inner …   at most `concurrency`
 *                               └──────── turns ───────▶ pull ◀─ consumer
 * ```
 *
 * Nothing is buffered: each inner source stands where it is until it is its turn.
 *
 * Values come before a failure, whoever failed, the source or an inner source:
 * - What the inner sources have at hand comes out: each is read until it answers PENDING, and has not woken in that pull. One
 *   that only gave way, since a slice was over, is read on.
 * - An inner source that ends with the very same failure (a group, when the source of `groupBy` has failed) is read to that
 *   end, however long it takes. So is the source, with the inner sources that it still gives.
 * - Then the stage throws.
 */
export class InnerMerge<A, B> implements Puller<B> {
  readonly tickets: Tickets = []
  readonly #stage: Stage
  readonly #concurrency: number
  readonly #owner: InnerOwner<A, B>
  readonly #upstream: Input<A>
  readonly #turns: RoundRobin<B, Inner<A, B>>
  readonly #batch: A[] = []
  readonly #wake = (inner: Inner<A, B>): void => { this.#turns.wake(inner) }
  /** Values that came out after the failure of the stage. */
  #afterFailure = 0
  /** Pulls in a row after the failure in which inner sources did nothing but give way. */
  #gaveWay = 0

  constructor(upstream: Openable<A>, stage: Stage, project: ProjectInner<A, B>, options: StageOptions<A>, concurrency: number) {
    this.#stage = stage
    this.#concurrency = concurrency
    this.#owner = innerOwner(stage, project, options)
    this.#upstream = new Input<A>(stage, upstream)
    this.#turns = new RoundRobin<B, Inner<A, B>>(stage, concurrency)
    // Whether an inner source gives tickets shows when it is opened, so there are always some.
    this.#turns.tickets = this.tickets
  }

  pull(into: B[], limit: number): number {
    if (!this.#stage.failing) return this.#gather(into, limit)
    if (this.#afterFailure >= AFTER_FAILURE && !this.#sharesFailure()) return DONE
    const count = this.#gather(into, limit)
    if (count > 0) this.#afterFailure += count
    this.#gaveWay = count === PENDING ? this.#gaveWay + 1 : 0
    return count
  }

  #gather(into: B[], limit: number): number {
    let written = 0
    for (;;) {
      this.#stage.ready = written
      const opened = this.#hasRoom() ? this.#fill() : 0
      written = this.#turns.pull(into, written, limit)
      if (written === limit || !this.#turns.isIdle) return written
      if (this.#hasRoom()) {
        // A long row of inner sources without values must not hold up everything else.
        if (this.#stage.scope.scheduler.spent(opened)) return this.#stage.giveWay(written)
        continue
      }
      if (written > 0) return written
      return this.#isOver() ? DONE : PENDING
    }
  }

  close(outcome: Outcome): void {
    for (const inner of this.#turns.members) inner.close(reasonOf(outcome))
    this.#turns.members.clear()
  }

  /** There is room for another inner source, and asking for a value for it may pay. */
  #hasRoom(): boolean {
    const { ready, ended } = this.#upstream
    if (!ready || ended || this.#turns.members.size >= this.#concurrency) return false
    return !this.#stage.failing || this.#upstream.sharesFailure
  }

  #isOver(): boolean {
    if (this.#stage.failing) return !this.#sharesFailure() && (!this.#turns.hasCallers || this.#gaveWay >= GIVEN_WAY)
    return this.#upstream.ended && this.#turns.members.size === 0
  }

  /** Some of what is read ends with the failure of the stage, and has not yet. */
  #sharesFailure(): boolean {
    if (this.#upstream.sharesFailure) return true
    for (const inner of this.#turns.members) if (inner.sharesFailure) return true
    return false
  }

  /** Takes as many values as there is room for; answers how many came. */
  #fill(): number {
    let count = 0
    try {
      count = this.#upstream.pull(this.#batch, this.#concurrency - this.#turns.members.size)
    } catch (error) {
      this.#stage.fail(error)
    }
    for (let i = 0; i < count; i++) {
      this.#turns.add(new Inner(this.#owner, this.#batch[i] as A, this.#upstream.tickets?.[i], this.#wake))
      this.#batch[i] = undefined as A
    }
    return count
  }
}
