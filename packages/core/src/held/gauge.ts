import type { Clock } from '../contract/clock'
import type { JointFigures, JointMeasure, QueueProbe } from '../contract/stage'
import { JointMeter } from './joint-meter'

/** What a {@link Gauge} looks at: whoever holds the values. */
export interface Gauged extends Omit<QueueProbe, 'measure'> {
  /** False where values leave in another order than they came in: how old the oldest is cannot be told then. Default true. */
  readonly isOrdered?: boolean | undefined
  /** The same where the owner knows better. */
  oldestMs?(now: number): number | null
}

/**
 * Shows a queue that is no `Held`, and measures it for as long as a run asks for that: full, empty, high water, the age of the oldest value.
 * A queue that several runs share is measured for each of them since that one has begun.
 *
 * ```text
 *   owner ── changed() ─▶ gauge ─▶ meter of run a
 *                              └─▶ meter of run b        none: a comparison
 * ```
 *
 * The owner tells of each change by itself: where one value makes room for another, that is two.
 *
 * @param of whoever holds the values; `size` and `capacity` are read at each change.
 *
 * @example
 * ```ts
 * import { Gauge } from '@sluice/core/authoring'
 *
 * const values: string[] = []
 * const gauge = new Gauge({ capacity: 2, get size() { return values.length } })
 * const measure = gauge.measure({ now: () => 0, after: () => () => {} })
 * values.push('a')
 * gauge.changed()
 * measure.read().highWater // 1
 * ```
 */
export class Gauge implements QueueProbe {
  readonly #of: Gauged
  #meters: readonly JointMeter[] = []
  #size = 0

  constructor(of: Gauged) {
    this.#of = of
  }

  get size(): number {
    return this.#of.size
  }

  get capacity(): number {
    return this.#of.capacity
  }

  get weight(): number | undefined {
    return this.#of.weight
  }

  get maxWeight(): number | undefined {
    return this.#of.maxWeight
  }

  /** Values have come, or left. */
  changed(): void {
    if (this.#meters.length === 0) return
    const { size } = this.#of
    const before = this.#size
    if (size === before) return
    this.#size = size
    const isFull = this.#isFull
    for (const meter of this.#meters) {
      if (size > before) meter.put(size, isFull)
      else meter.took(size, isFull)
    }
  }

  /** Measures for one run, from now on and until that has it stopped. */
  measure(clock: Clock): JointMeasure {
    this.#size = this.#of.size
    const meter = new JointMeter(clock, this.#size, this.#isFull, this.#of.isOrdered !== false)
    this.#meters = [...this.#meters, meter]
    let last: JointFigures | undefined
    const read = (): JointFigures => {
      const figures = meter.read()
      return this.#of.oldestMs === undefined ? figures : { ...figures, oldestMs: this.#of.oldestMs(clock.now()) }
    }
    return {
      read: () => last ?? read(),
      stop: () => {
        if (last !== undefined) return
        meter.stop()
        last = read()
        this.#meters = this.#meters.filter((other) => other !== meter)
      },
    }
  }

  get #isFull(): boolean {
    const { size, capacity, weight = 0, maxWeight = Infinity } = this.#of
    return size >= capacity || weight >= maxWeight
  }
}
