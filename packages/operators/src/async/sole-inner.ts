import { type Outcome, type StageOptions } from '@sluice/core'
import { DONE, PENDING, reasonOf, type Openable, type Stage, type Tickets } from '@sluice/core/authoring'
import { Gather } from '../inputs/gather'
import { Input } from '../inputs/input'
import { Inner, innerOwner, type InnerOwner, type ProjectInner } from '../inputs/inner'
import { AFTER_FAILURE, GIVEN_WAY } from '../inputs/inner-merge'

/**
 * One inner source at a time, and the source whose values they are made of.
 *
 * ```text
 *   input ─ renew ─▶ inner ─ pull ─▶ consumer
 *             └ the one before is replaced
 * ```
 */
export class SoleInner<A, B> {
  readonly input: Input<A>
  readonly tickets: Tickets = []
  readonly #stage: Stage
  readonly #owner: InnerOwner<A, B>
  readonly #gather: Gather<B>
  #inner: Inner<A, B> | undefined
  /** How often the inner source has woken. */
  #wakes = 0
  /** So many times in a row it answered PENDING and had woken in that pull. */
  #gaveWay = 0
  /** Values that came out after the failure of the stage. */
  #afterFailure = 0

  /** @param onReady told when the source may have a value. */
  constructor(upstream: Openable<A>, stage: Stage, project: ProjectInner<A, B>, options: StageOptions<A>, onReady?: () => void) {
    this.#stage = stage
    this.#owner = innerOwner(stage, project, options)
    this.input = new Input<A>(stage, upstream, onReady)
    this.#gather = new Gather<B>(stage, this.tickets)
  }

  /** There is an inner source, and it has not ended. */
  get isOpen(): boolean {
    return this.#inner !== undefined
  }

  /** Neither the source nor an inner source gives anything any more; true as well where the stage has failed and none is open. */
  get isOver(): boolean {
    return this.#inner === undefined && (this.input.ended || this.#stage.failing)
  }

  /**
   * The inner source answered PENDING only because a slice was over: it may hold values, and is to be asked again before it
   * counts as one that has none. False for one that has done so for long.
   */
  get gaveWay(): boolean {
    return this.#gaveWay > 0 && this.#gaveWay <= GIVEN_WAY
  }

  /** Makes an inner source of the next value, in the place of the one there is; false while there is no value. */
  renew(): boolean {
    if (this.#stage.failing || !this.#fill()) return false
    this.#inner?.replace()
    const { ticket } = this.input
    this.#inner = new Inner(this.#owner, this.input.take(), ticket, (woken) => {
      if (woken === this.#inner) this.#wakes = (this.#wakes + 1) | 0
      this.#stage.wake()
    })
    this.#gaveWay = 0
    return true
  }

  /** Pulls at most `limit` values to `into[written..]`; answers what the inner source answered, DONE where there is none. */
  pull(into: B[], written: number, limit: number): number {
    if (this.#inner === undefined) return DONE
    const wakes = this.#wakes
    const count = this.#gather.pull(this.#inner, into, written, limit)
    this.#gaveWay = count === PENDING && this.#wakes !== wakes ? this.#gaveWay + 1 : 0
    if (count === DONE) this.#inner = undefined
    return count
  }

  /**
   * Reads up to `limit` values of the source beside the inner one; answers how many came. Where the source fails, the stage
   * does: what the inner source has at hand comes first.
   */
  read(into: A[], limit: number): number {
    try {
      return this.input.pull(into, limit)
    } catch (error) {
      this.#stage.fail(error)
      return 0
    }
  }

  /**
   * The pull of a stage that has failed: what the inner source has at hand comes out, however many slices that takes, and all of it where the inner source
   * ends with the same failure. Then DONE.
   */
  drain(into: B[], limit: number): number {
    const inner = this.#inner
    if (inner === undefined || (this.#afterFailure >= AFTER_FAILURE && !inner.sharesFailure)) return DONE
    const count = this.pull(into, 0, limit)
    if (count > 0) this.#afterFailure += count
    return count === PENDING && !this.gaveWay && !inner.sharesFailure ? DONE : count
  }

  #fill(): boolean {
    try {
      return this.input.fill()
    } catch (error) {
      this.#stage.fail(error)
      return false
    }
  }

  close(outcome: Outcome): void {
    this.input.close(outcome)
    this.#inner?.close(reasonOf(outcome))
  }
}
