import type { Clock } from '../contract/clock'
import type { Meter } from './meter'

/**
 * What is longer than this counts once, and not for the batches that were left out: a pause of the process would otherwise make the step that it met
 * the one that works most. Where such batches are common, few are left out.
 */
const OUTLIER_MS = 0.06

/** Who is told its share of a batch. */
export interface Sampled {
  readonly name: string
  /** Time on the CPU in the batches that were timed, each counted for those that were left out before it, in ms. */
  sampledMs: number
}

/** Whose task works on the batch. */
export interface SampledRoot extends Sampled {
  readonly meter: Meter | undefined
  clocked(): Meter
}

/**
 * Times one batch step by step: each stage that is pulled in it, each step of a fused chain, and the stage whose task pulls.
 *
 * ```text
 *   driver ─ enter(map) ─ enter(source) ─ exit ─ exit ─ driver        each gets the time in which it is the last that was entered
 * ```
 */
export class Sampler {
  readonly #clock: Clock
  readonly #stack: Sampled[] = []
  #since = 0
  #weight = 1
  #longest = 0
  #longestName: string | undefined

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** The batch begins; it stands for `weight` batches. */
  begin(root: Sampled, weight: number): void {
    this.#weight = weight
    this.#longest = 0
    this.#longestName = undefined
    this.#stack.length = 0
    this.#stack.push(root)
    this.#since = this.#clock.now()
  }

  /** From now on `stage` works. */
  enter(stage: Sampled): void {
    this.#credit(this.#clock.now())
    this.#stack.push(stage)
  }

  /** The stage that was entered last has done. */
  exit(): void {
    this.#credit(this.#clock.now())
    this.#stack.pop()
  }

  /** The batch is over, also where it ended with an error in the middle. Answers when that was. */
  end(root: SampledRoot): number {
    const now = this.#clock.now()
    this.#credit(now)
    this.#stack.length = 0
    if (this.#longestName !== undefined) root.meter?.sawLongest(this.#longestName, this.#longest)
    return now
  }

  #credit(now: number): void {
    const stage = this.#stack.at(-1)
    const ms = now - this.#since
    this.#since = now
    if (stage === undefined) return
    stage.sampledMs += Math.min(ms, OUTLIER_MS) * this.#weight + Math.max(0, ms - OUTLIER_MS)
    if (ms <= this.#longest) return
    this.#longest = ms
    this.#longestName = stage.name
  }
}
