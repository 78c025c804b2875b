import type { Run } from '@sluice/core'
import type { ProcessFigures } from '../wire/frames'
import type { Redact } from '../values/shown'
import { ObservedRun } from './observed-run'

/** Runs that have ended and are still shown, and for how long, in ms. */
const KEPT_ENDED = 20
const KEPT_MS = 600_000
/** Runs at work that are looked at; a program that has more is told so. */
const MOST_LIVE = 100
/** New runs after which those that have ended are let go, should the clock not come to it. */
const SWEEP_EVERY = 256

/** The runs that are observed: those at work, and the last ones that have ended. */
export class RunList {
  readonly redact: Redact | undefined
  #live: ObservedRun[] = []
  #ended: ObservedRun[] = []
  #count = 0

  constructor(redact: Redact | undefined) {
    this.redact = redact
  }

  /** Runs that were ever added. */
  get count(): number {
    return this.#count
  }

  /** The runs that are shown: at work in the order they began, then the last that have ended, the latest first. */
  get shown(): readonly ObservedRun[] {
    return [...this.#live.slice(0, MOST_LIVE), ...this.#ended]
  }

  /** Runs at work that are not shown. */
  get more(): number {
    return Math.max(0, this.#live.length - MOST_LIVE)
  }

  add(run: Run<unknown>): void {
    // Of a copy of Sluice whose figures mean something else nothing could be shown.
    if ((run.stats().schema as number) !== 1) return
    this.#live.push(new ObservedRun(++this.#count, run, this.redact))
    if (this.#count % SWEEP_EVERY === 0) this.sweep(Date.now())
  }

  find(id: number): ObservedRun | undefined {
    return this.#live.find((observed) => observed.id === id) ?? this.#ended.find((observed) => observed.id === id)
  }

  /** Another second is over. */
  look(figures: ProcessFigures, now: number): void {
    for (const observed of this.#live.slice(0, MOST_LIVE)) observed.look(figures, now)
    this.sweep(now)
  }

  /** Those that have ended go to the ended ones, and of these the oldest go. */
  sweep(now: number): void {
    const ended = this.#live.filter((observed) => observed.hasEnded)
    if (ended.length > 0) {
      for (const observed of ended) observed.endedAt = now
      this.#live = this.#live.filter((observed) => observed.endedAt === undefined)
      this.#ended = [...ended.reverse(), ...this.#ended].slice(0, KEPT_ENDED)
    }
    this.#ended = this.#ended.filter(({ endedAt = now }) => now - endedAt < KEPT_MS)
  }
}
