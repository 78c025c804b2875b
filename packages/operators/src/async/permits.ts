import type { Limit } from '@sluice/core'
import type { Call } from './call'

/** Who is told what has become of a call that stood in line. */
export interface PermitOwner<C> {
  /** It has its permit. */
  permitted(call: C): void
  /** There is none for it. */
  refused(call: C, error: unknown): void
}

/**
 * The permits of a limit that calls take before they are made.
 *
 * Invariant: `waiting` counts the calls that were told to stand in line, and whose owner was told nothing since.
 */
export class Permits<A, B, C extends Call<A, B>> {
  /** Calls that stand in line. */
  waiting = 0
  readonly #limit: Limit
  readonly #owner: PermitOwner<C>
  /** Aborted when the stage ends: whoever stands in line leaves. */
  #gone: AbortController | undefined

  constructor(limit: Limit, owner: PermitOwner<C>) {
    this.#limit = limit
    this.#owner = owner
  }

  /** Takes a permit for a call; false where it has to stand in line for it, and the owner is told later. */
  take(call: C): boolean {
    const permit = this.#limit.tryAcquire({ key: call.key })
    if (permit === undefined) {
      this.#standInLine(call)
      return false
    }
    call.permit = permit
    return true
  }

  close(): void {
    this.#gone?.abort()
  }

  #standInLine(call: C): void {
    this.waiting++
    this.#gone ??= new AbortController()
    this.#limit.acquire({ key: call.key, signal: this.#gone.signal }).then(
      (permit) => {
        this.waiting--
        call.permit = permit
        this.#owner.permitted(call)
      },
      (error: unknown) => {
        this.waiting--
        this.#owner.refused(call, error)
      },
    )
  }
}
