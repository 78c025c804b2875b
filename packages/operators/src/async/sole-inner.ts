import { DONE, reasonOf, type Openable, type Outcome, type Stage, type StageOptions, type Tickets } from '@sluice/core'
import { Gather } from '../combine/gather'
import { Input } from '../combine/input'
import { Inner, innerOwner, type InnerOwner, type ProjectInner } from './inner'

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

  /** Makes an inner source of the next value, in the place of the one there is; false while there is no value. */
  renew(): boolean {
    if (!this.input.fill()) return false
    this.#inner?.replace()
    const { ticket } = this.input
    this.#inner = new Inner(this.#owner, this.input.take(), ticket, this.#stage.wake)
    return true
  }

  /** Pulls at most `limit` values to `into[written..]`; answers what the inner source answered, DONE where there is none. */
  pull(into: B[], written: number, limit: number): number {
    if (this.#inner === undefined) return DONE
    const count = this.#gather.pull(this.#inner, into, written, limit)
    if (count === DONE) this.#inner = undefined
    return count
  }

  close(outcome: Outcome): void {
    this.input.close(outcome)
    this.#inner?.close(reasonOf(outcome))
  }
}
