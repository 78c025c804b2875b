import type { Clock } from '../contract/clock'

/** How long work that ignores its signal may hold up the end of a run, in ms: it is no cleanup, only late. */
const LINGER_MS = 1000

/**
 * The cleanups of a run that are under way, and the errors they end with: nothing outlives its run unnoticed.
 *
 * Invariant: `#pending` holds exactly the work that has not settled, so it does not grow with the length of the run.
 */
export class Cleanups {
  readonly #clock: Clock
  readonly #deadlineMs: number
  readonly #pending = new Set<{ readonly owner: string; readonly lingering: boolean }>()
  #onIdle: (() => void) | undefined
  /** What went wrong after, or beside, the failure that ended the run. */
  readonly errors: unknown[] = []
  /** Owners whose work had not settled when the deadline passed. */
  unstopped: readonly string[] = []

  constructor(clock: Clock, deadlineMs: number) {
    this.#clock = clock
    this.#deadlineMs = deadlineMs
  }

  /** Calls a cleanup now; answers a promise that never rejects, or undefined when it was done at once. */
  run(owner: string, cleanup: () => unknown): Promise<void> | undefined {
    let work: unknown
    try {
      work = cleanup()
    } catch (error) {
      this.errors.push(error)
    }
    return isThenable(work) ? this.add(owner, work) : undefined
  }

  /** Waits for work that was told to stop; its rejection is kept. */
  add(owner: string, work: PromiseLike<unknown>, lingering = false): Promise<void> {
    const entry = { owner, lingering }
    this.#pending.add(entry)
    const done = (): void => {
      this.#pending.delete(entry)
      if (this.#pending.size === 0) this.#onIdle?.()
    }
    return Promise.resolve(work).then(done, (error: unknown) => {
      this.errors.push(error)
      done()
    })
  }

  /** Calls `then` when nothing is pending any more or the deadline has passed: at once where nothing is. */
  whenIdle(then: () => void): void {
    if (this.#pending.size === 0) {
      then()
      return
    }
    const timers: (() => void)[] = []
    const settle = (): void => {
      this.#onIdle = undefined
      for (const cancel of timers) cancel()
      const late = new Set(this.unstopped)
      for (const { owner } of this.#pending) late.add(owner)
      this.unstopped = [...late]
      // What is late is not waited for a second time.
      this.#pending.clear()
      then()
    }
    timers.push(
      this.#clock.after(this.#deadlineMs, settle),
      this.#clock.after(Math.min(LINGER_MS, this.#deadlineMs), () => {
        for (const { lingering } of this.#pending) if (!lingering) return
        settle()
      }),
    )
    this.#onIdle = () => {
      // One cleanup may start the next (a stage closes its upstream when it is done): look again a moment later.
      void Promise.resolve().then(() => {
        if (this.#pending.size === 0 && this.#onIdle) settle()
      })
    }
  }
}

/** Anything with a `then`. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    value !== null &&
    (typeof value === 'object' || typeof value === 'function') &&
    typeof (value as { then?: unknown }).then === 'function'
  )
}
