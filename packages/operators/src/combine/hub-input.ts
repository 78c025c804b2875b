import { QueueClosedError } from '@sluice/core'
import { DONE, type Openable, type Outlet, type Stage, type Tickets } from '@sluice/core/authoring'
import type { Member, Place, RoundRobin } from '../inputs/round-robin'

/** A source that is attached to a {@link MergeHub}. */
export interface Attachment {
  /**
   * Resolves when the source has ended and its last value was handed on, or it was detached. Rejects with its failure; with a
   * QueueClosedError where the hub's consumer has gone before. The latter is no unhandled rejection.
   */
  readonly done: Promise<void>
  /** Closes the source: what it has not given stays with it. Does nothing when it has ended. */
  detach(): void
}

/** Where a hub's consumer pulls: known once the hub's source was opened. */
export interface HubDesk<T> {
  readonly stage: Stage
  readonly turns: RoundRobin<T, HubInput<T>>
}

/**
 * One source of a hub. It is opened by its first pull, inside a turn of the consumer, so `attach` runs no user code.
 *
 * Invariant: `done` is pending exactly while `#over` is false.
 */
export class HubInput<T> implements Member<T>, Attachment {
  readonly done: Promise<void>
  place: Place = 'waiting'
  pendingIn = 0
  readonly #name: string
  readonly #onEnd: (ended: HubInput<T>) => void
  #source: Openable<T> | undefined
  #desk: HubDesk<T> | undefined
  #outlet: Outlet<T> | undefined
  #over = false
  #resolve!: () => void
  #reject!: (error: unknown) => void

  /** @param onEnd told when it is over, whatever the reason. */
  constructor(name: string, source: Openable<T>, onEnd: (ended: HubInput<T>) => void) {
    this.#name = name
    this.#source = source
    this.#onEnd = onEnd
    this.done = new Promise<void>((resolve, reject) => {
      this.#resolve = resolve
      this.#reject = reject
    })
  }

  get tickets(): Tickets | null | undefined {
    return this.#outlet?.tickets
  }

  get dry(): boolean {
    return this.#outlet?.dry === true
  }

  /** The hub has a consumer. */
  join(desk: HubDesk<T>): void {
    if (this.#over) return
    this.#desk = desk
    desk.turns.add(this)
  }

  pull(into: T[], limit: number): number {
    const { stage, turns } = this.#desk as HubDesk<T>
    try {
      // While the run is being stopped a source gives nothing any more, so it is not even opened.
      if (this.#source && !stage.scope.stopping) this.#outlet = stage.open(this.#source, () => { turns.wake(this) }, 'source')
      this.#source = undefined
      const count = this.#outlet?.pull(into, limit) ?? DONE
      if (count === DONE) {
        if (stage.scope.stopping) this.leave('the run was stopped')
        else if (this.#end()) this.#resolve()
      }
      return count
    } catch (error) {
      // It fails by itself: whoever has attached it is told, the others go on.
      if (this.#end()) this.#reject(error)
      return DONE
    }
  }

  detach(): void {
    const outlet = this.#outlet
    if (!this.#end()) return
    this.#resolve()
    void outlet?.close({ status: 'cancelled', reason: undefined })
    this.#desk?.turns.remove(this)
    // It may have been the last one.
    this.#desk?.stage.wake()
  }

  /** The consumer has gone before the source had ended. */
  leave(why: string): void {
    if (!this.#end()) return
    // Nobody has to listen: that a run ends is no failure of the source.
    this.done.catch(() => {})
    this.#reject(new QueueClosedError(`${this.#name}: ${why}`))
  }

  /** False when it was over before. */
  #end(): boolean {
    if (this.#over) return false
    this.#over = true
    this.#source = this.#outlet = undefined
    this.#onEnd(this)
    return true
  }
}
