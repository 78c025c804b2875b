import type { Clock } from '../contract/clock'

/** How long a subscription may hold the publishers before something happens; no timer unless it holds them. */
export class SubscriptionGrace {
  #cancel: (() => void) | undefined

  constructor(
    readonly ms: number,
    readonly clock: Clock,
    readonly onOver: () => void,
  ) {}

  /** It holds a publisher. Only the first call counts, until `stop`. Without a period nothing happens. */
  start(): void {
    if (this.ms === 0) return
    this.#cancel ??= this.clock.after(this.ms, this.onOver)
  }

  /** It has read, or it is over. */
  stop(): void {
    this.#cancel?.()
    this.#cancel = undefined
  }
}
