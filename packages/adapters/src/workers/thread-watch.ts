import { TimeoutError, type Clock } from '@sluice/core'
import type { CheckedWorkerOptions } from './worker-options'

/**
 * What a thread that does not come back gets beyond `timeoutMs`: one that only waits tells of it by itself, and this thread
 * or the machine may be the busy one.
 */
const SLACK_MS = 250

/**
 * Timing a thread that has something to do: it must tell of something every `timeoutMs`.
 *
 * ```text
 *   begin ─ timeoutMs ─▶ look ─ it has moved: the rest of timeoutMs ─▶ look …
 *                         └ it has not: SLACK_MS ─ still not ─▶ hung
 * ```
 *
 * Without `timeoutMs` it does nothing. Invariant: there is a timer from `begin` to `end`, and at most one.
 */
export class ThreadWatch {
  readonly #options: CheckedWorkerOptions<never>
  readonly #clock: Clock
  readonly #hung: (error: TimeoutError) => void
  #cancelTimer: (() => void) | undefined
  /** When it last told of anything. */
  #movedAt = 0

  constructor(options: CheckedWorkerOptions<never>, clock: Clock, hung: (error: TimeoutError) => void) {
    this.#options = options
    this.#clock = clock
    this.#hung = hung
  }

  /** From now on it has something to do. */
  begin(): void {
    const { timeoutMs } = this.#options
    if (timeoutMs === undefined) return
    this.#movedAt = this.#clock.now()
    this.#cancelTimer = this.#clock.after(timeoutMs, () => { this.#look(timeoutMs) })
  }

  /** It has told of something. */
  moved(): void {
    if (this.#cancelTimer) this.#movedAt = this.#clock.now()
  }

  /** It has nothing to do any more. */
  end(): void {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
  }

  #look(timeoutMs: number): void {
    const { name } = this.#options
    const movedAt = this.#movedAt
    const idleMs = this.#clock.now() - movedAt
    if (idleMs < timeoutMs) {
      this.#cancelTimer = this.#clock.after(timeoutMs - idleMs, () => { this.#look(timeoutMs) })
      return
    }
    this.#cancelTimer = this.#clock.after(SLACK_MS, () => {
      if (movedAt === this.#movedAt) this.#hung(new TimeoutError(`${name}: no result within ${timeoutMs} ms, and the thread did not come back: it was ended`))
      else this.#look(timeoutMs)
    })
  }
}
