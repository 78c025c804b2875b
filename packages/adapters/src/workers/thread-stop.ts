import type { Clock } from '@sluice/core'
import { packThrown } from '../worker-thread/thrown'
import type { WorkerLink } from './worker-link'

/** Ending a thread that is at something: it is told, and has `graceMs` to come to an end. */
export class ThreadStop {
  readonly #link: WorkerLink
  readonly #clock: Clock
  readonly #graceMs: number
  #onStopped: (() => void) | undefined

  constructor(link: WorkerLink, clock: Clock, graceMs: number) {
    this.#link = link
    this.#clock = clock
    this.#graceMs = graceMs
  }

  /** Asks it to stop; resolves when it has, or is gone, or after `graceMs`. */
  ask(reason: unknown): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#clock.after(this.#graceMs, resolve)
      this.#onStopped = () => {
        cancel()
        resolve()
      }
      this.#link.post({ sluice: 'stop', reason: packThrown(reason) })
    })
  }

  /** It has stopped, or is gone. */
  stopped(): void {
    this.#onStopped?.()
  }
}
