import type { Clock } from '@sluice/core'
import { ThreadError } from './thread-error'
import type { ThreadProgress } from './thread-progress'
import type { WorkerLink } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/**
 * Starting a thread: telling it how to work until it says that it is ready.
 *
 * ```text
 *   start ──▶ the script loads ──▶ ready        in time
 *     ▲ a browser drops what is posted before   └ hello: it listens now, so once more
 * ```
 *
 * Invariant: there is a timer until `over` was called.
 */
export class ThreadStart {
  readonly #link: WorkerLink
  readonly #options: CheckedWorkerOptions<never>
  readonly #progress: ThreadProgress
  readonly #cancelTimer: () => void

  /** @param late told where it is not ready after `startTimeoutMs`. */
  constructor(link: WorkerLink, options: CheckedWorkerOptions<never>, progress: ThreadProgress, clock: Clock, late: (error: ThreadError) => void) {
    this.#link = link
    this.#options = options
    this.#progress = progress
    this.tell()
    const { name, startTimeoutMs } = options
    this.#cancelTimer = clock.after(startTimeoutMs, () => {
      late(new ThreadError('start', `${name}: a thread was not ready within ${startTimeoutMs} ms: does its script call defineWorker?`))
    })
  }

  /** Tells it how to work: at once, and when it says `hello`. */
  tell(): void {
    const { timeoutMs, transfer } = this.#options
    const message = { sluice: 'start', timeoutMs, returnsItems: transfer !== undefined } as const
    try {
      this.#link.post({ ...message, progress: this.#progress.memory })
    } catch {
      this.#link.post({ ...message, progress: undefined })
    }
  }

  /** It is ready, or will never be. */
  over(): void {
    this.#cancelTimer()
  }
}
