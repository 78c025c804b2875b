import { OptionError } from '@sluice/core'
import { finiteNumber, knownIn, wholeNumber } from '@sluice/core/authoring'

/** Concurrency that follows how long calls take, between two bounds. */
export interface AdaptiveConcurrencyOptions {
  /** Calls that may always run at once, 1 or more; it starts with so many. Default 1. */
  readonly min?: number | undefined
  /** Calls that may run at once when all goes well. */
  readonly max: number
  /** In ms: while calls take no longer, one more may run at once; when one does, fewer. */
  readonly targetMs: number
  /** What is left of the concurrency when a call was too slow, from 0 to 1. Default 0.75. */
  readonly decrease?: number | undefined
}

/** Checks `concurrency` where it is no number; `owner` is the operator. */
export function checkAdaptive(owner: string, options: AdaptiveConcurrencyOptions): AdaptiveConcurrencyOptions {
  knownIn(owner, 'concurrency', options, ['min', 'max', 'targetMs', 'decrease'])
  const { min = 1, max, targetMs, decrease = 0.75 } = options
  wholeNumber(owner, 'concurrency.min', min)
  wholeNumber(owner, 'concurrency.max', max, min)
  if (finiteNumber(owner, 'concurrency.targetMs', targetMs) === 0) {
    throw new OptionError(owner, 'concurrency.targetMs', targetMs, 'above 0')
  }
  finiteNumber(owner, 'concurrency.decrease', decrease, 0, 1)
  return { min, max, targetMs, decrease }
}

/**
 * Additive increase, multiplicative decrease, as TCP does it (V. Jacobson, "Congestion Avoidance and Control", 1988).
 *
 * ```text
 *   concurrency  ╱│  ╱│          + 1 for every `current` calls that were quick while all places were taken
 *               ╱ │ ╱ │ ╱        × decrease when a call was slow, once per round of calls
 * ```
 *
 * Invariant: min ≤ current ≤ max.
 */
export class AdaptiveConcurrency {
  /** Calls that may run at once now. */
  current: number
  readonly #options: AdaptiveConcurrencyOptions
  #exact: number
  #loweredAt = Number.NEGATIVE_INFINITY

  /** Takes options that were checked by {@link checkAdaptive}. */
  constructor(options: AdaptiveConcurrencyOptions) {
    this.#options = options
    this.#exact = this.current = options.min ?? 1
  }

  /** A call has ended; `running` counts it still. */
  ended(startedAt: number, now: number, running: number): void {
    const { min = 1, max, targetMs, decrease = 0.75 } = this.#options
    if (now - startedAt > targetMs) {
      // Calls that ran already when it was lowered say nothing of the new figure.
      if (startedAt < this.#loweredAt) return
      this.#loweredAt = now
      this.#exact = Math.max(min, this.#exact * decrease)
    } else if (running >= this.current) {
      // With places to spare, that calls are quick is no sign that more would be.
      this.#exact = Math.min(max, this.#exact + 1 / this.current)
    }
    // A sum of fractions comes out a little below the whole number it stands for.
    this.current = Math.floor(this.#exact + 1e-9)
  }
}
