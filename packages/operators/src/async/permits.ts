import type { Limit, Permit } from '@sluice/core'
import type { Call, Stage } from '@sluice/core/authoring'

/** Who is told what has become of a call that stood in line. */
export interface PermitOwner<A, B> {
  /** The call has its permit. */
  permitted(call: Call<A, B>): void
  /** There is none for the call. */
  refused(call: Call<A, B>, error: unknown): void
}

/**
 * The permits of a limit that calls take before they are made.
 *
 * Invariant: `waiting` counts the calls that were told to stand in line, and whose owner was told nothing since; `#held` has
 * the permits of the calls whose function runs and is not overdue.
 */
export class Permits<A, B> {
  /** Calls that stand in line. */
  waiting = 0
  readonly #limit: Limit
  readonly #stage: Stage
  readonly #owner: PermitOwner<A, B>
  readonly #held = new Map<Call<A, B>, Permit>()
  /** Aborted when the stage ends: whoever stands in line leaves. */
  #gone: AbortController | undefined

  constructor(limit: Limit, stage: Stage, owner: PermitOwner<A, B>) {
    this.#limit = limit
    this.#stage = stage
    this.#owner = owner
  }

  /** Takes a permit for a call; false where the call has to stand in line for it, and the owner is told later. */
  take(call: Call<A, B>): boolean {
    const permit = this.#limit.tryAcquire({ key: call.key })
    if (permit === undefined) {
      this.#standInLine(call)
      return false
    }
    this.#held.set(call, permit)
    return true
  }

  /** The function of a call has settled. */
  giveBack(call: Call<A, B>): void {
    this.handOver(call)?.release()
  }

  /** Somebody else keeps the permit of a call. */
  handOver(call: Call<A, B>): Permit | undefined {
    const permit = this.#held.get(call)
    this.#held.delete(call)
    return permit
  }

  close(): void {
    this.#gone?.abort()
  }

  #standInLine(call: Call<A, B>): void {
    this.waiting++
    const over = this.#stage.waitFor('permit')
    this.#gone ??= new AbortController()
    this.#limit.acquire({ key: call.key, signal: this.#gone.signal }).then(
      (permit) => {
        this.waiting--
        over()
        this.#held.set(call, permit)
        this.#owner.permitted(call)
      },
      (error: unknown) => {
        this.waiting--
        over()
        this.#owner.refused(call, error)
      },
    )
  }
}
