import {
  DONE, PENDING, reasonOf,
  type Openable, type Outcome, type Puller, type Stage, type StageOptions, type Tickets,
} from '@sluice/core'
import { Input } from '../combine/input'
import { Rota } from '../combine/rota'
import { Inner, innerOwner, type InnerOwner, type ProjectInner } from './inner'

/**
 * Several inner sources at once, which take turns; with one at a time, one after the other.
 *
 * ```text
 *   upstream ◀─pull─ room? ─▶ inner, inner, inner …   at most `concurrency`
 *                               └──────── rota ───────▶ pull ◀─ consumer
 * ```
 *
 * Nothing is buffered: each inner source stands where it is until it is its turn.
 */
export class InnerMerge<A, B> implements Puller<B> {
  readonly tickets: Tickets = []
  readonly #stage: Stage
  readonly #concurrency: number
  readonly #owner: InnerOwner<A, B>
  readonly #upstream: Input<A>
  readonly #rota: Rota<B, Inner<A, B>>
  readonly #batch: A[] = []
  readonly #wake = (inner: Inner<A, B>): void => { this.#rota.wake(inner) }
  /** The source has failed: what inner sources have at hand comes first. */
  #failure: { readonly error: unknown } | undefined

  constructor(upstream: Openable<A>, stage: Stage, project: ProjectInner<A, B>, options: StageOptions<A>, concurrency: number) {
    this.#stage = stage
    this.#concurrency = concurrency
    this.#owner = innerOwner(stage, project, options)
    this.#upstream = new Input<A>(stage, upstream)
    this.#rota = new Rota<B, Inner<A, B>>(stage, concurrency)
    // Whether an inner source gives tickets shows when it is opened, so there are always some.
    this.#rota.tickets = this.tickets
  }

  pull(into: B[], limit: number): number {
    if (this.#stage.failing) return DONE
    let written = 0
    for (;;) {
      this.#stage.ready = written
      const opened = this.#hasRoom() ? this.#fill() : 0
      written = this.#rota.pull(into, written, limit)
      if (written === limit || !this.#rota.isIdle) return written
      if (this.#hasRoom()) {
        // A long row of inner sources without values must not hold up everything else.
        if (this.#stage.scope.scheduler.spent(opened)) return this.#stage.giveWay(written)
        continue
      }
      if (written > 0) return written
      if (this.#failure) throw this.#failure.error
      return this.#upstream.ended && this.#rota.members.size === 0 ? DONE : PENDING
    }
  }

  close(outcome: Outcome): void {
    for (const inner of this.#rota.members) inner.close(reasonOf(outcome))
    this.#rota.members.clear()
  }

  /** There is room for another inner source, and asking for a value for it may pay. */
  #hasRoom(): boolean {
    const { ready, ended } = this.#upstream
    return ready && !ended && this.#failure === undefined && this.#rota.members.size < this.#concurrency
  }

  /** Takes as many values as there is room for; answers how many came. */
  #fill(): number {
    let count = 0
    try {
      count = this.#upstream.pull(this.#batch, this.#concurrency - this.#rota.members.size)
    } catch (error) {
      this.#failure = { error }
    }
    for (let i = 0; i < count; i++) {
      this.#rota.add(new Inner(this.#owner, this.#batch[i] as A, this.#upstream.tickets?.[i], this.#wake))
      this.#batch[i] = undefined as A
    }
    return count
  }
}
