import type { LimitLike } from '@sluice/core'
import type { Adjustable, CheckedRate } from '@sluice/core/authoring'

/** The rate of a limit that one stage has for itself. */
export class AdjustableLimit implements Adjustable {
  rate: CheckedRate
  readonly #limit: LimitLike
  readonly #isKeyed: boolean
  readonly #leastBurst: number

  /**
   * @param isKeyed the rate is that of each key.
   * @param leastBurst the burst stays at least so large: a value that costs more than the burst could never pass.
   */
  constructor(limit: LimitLike, rate: CheckedRate, isKeyed: boolean, leastBurst: number) {
    this.#limit = limit
    this.rate = rate
    this.#isKeyed = isKeyed
    this.#leastBurst = leastBurst
  }

  setRate({ count, perMs, burst }: CheckedRate): void {
    const rate = { count, perMs, burst: Math.max(burst ?? count, this.#leastBurst) }
    if (this.#isKeyed) this.#limit.setKeyed({ rate })
    else this.#limit.setRate(rate)
    this.rate = rate
  }
}
