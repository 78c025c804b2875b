import type { Stage, Wake } from '@sluice/core/authoring'

/**
 * The one timer of an operator: it wakes when a time has come.
 *
 * Setting it again while it is set changes nothing, so that a deadline which moves with every value costs one timer
 * per stretch: whoever is woken too early sets it for the rest.
 */
export class Alarm {
  /** It has gone off since it was last set or cleared. */
  rang = false
  readonly #stage: Stage
  readonly #wake: Wake
  #cancel: ((wasForInput?: boolean) => void) | undefined

  constructor(stage: Stage, wake: Wake = stage.wake) {
    this.#stage = stage
    this.#wake = wake
  }

  set(delayMs: number): void {
    if (this.#cancel !== undefined) return
    const { scheduler } = this.#stage.scope
    this.rang = false
    this.#cancel = this.#stage.after(delayMs, () => {
      this.#cancel = undefined
      this.rang = true
      scheduler.dispatch(this.#wake)
    })
  }

  clear(): void {
    // What was waited for has come before the time was over.
    this.#cancel?.(true)
    this.#cancel = undefined
    this.rang = false
  }
}
