import { type Outcome } from '@sluice/core'
import { reasonOf, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'
import { Boundaries } from '../timing/boundaries'

/** The values that happened from `start` on and before `end`, in ms of the time they tell of themselves. */
export interface EventWindow<A> {
  readonly start: number
  readonly end: number
  readonly values: A[]
}

interface OpenWindow<A> extends EventWindow<A> {
  /** Which of the {@link Boundaries} are its. */
  readonly index: number
  readonly tickets: Tickets
}

/** The bounds of {@link EventWindows}, checked. */
export interface EventWindowBounds {
  readonly sizeMs: number
  readonly everyMs: number
  readonly latenessMs: number
  readonly maxWindows: number
  readonly maxCount: number
}

/**
 * The windows that are open, by the time their values tell.
 *
 * Invariants: `#open` holds the windows of `#byIndex`, the earliest last, none of them empty; those that end at the
 * watermark or before take no value any more and are over; the others are at most `maxWindows`.
 */
export class EventWindows<A> {
  /** Values of windows that end here or before are late. Never goes back. */
  #watermark = -Infinity
  readonly #stage: Stage
  readonly #bounds: EventWindowBounds
  readonly #windows: Boundaries
  readonly #open: OpenWindow<A>[] = []
  readonly #byIndex = new Map<number, OpenWindow<A>>()
  /** Windows with `maxCount` values, handed on before anything else is added. */
  readonly #full: OpenWindow<A>[] = []

  constructor(stage: Stage, bounds: EventWindowBounds) {
    this.#stage = stage
    this.#bounds = bounds
    this.#windows = new Boundaries(bounds.sizeMs, bounds.everyMs)
  }

  /**
   * A value of this time has come. The watermark follows it, and further than it would, where the windows of the value
   * would be too many: the earliest of them are over then. True: the value is too late for all of its windows.
   */
  makeWay(time: number): boolean {
    const { maxWindows, latenessMs } = this.#bounds
    this.#watermark = Math.max(this.#watermark, time - latenessMs)
    for (let missing = this.#missing(time); missing.length > 0; missing = this.#missing(time)) {
      if (this.#open.length + missing.length <= maxWindows) break
      const taking = this.#open.filter(({ end }) => end > this.#watermark)
      if (taking.length + missing.length <= maxWindows) break
      this.#watermark = this.#windows.end(Math.min(missing.at(-1) as number, taking.at(-1)?.index ?? Infinity))
    }
    return this.#indexes(time).length === 0
  }

  /** Adds a value to those of its windows that are not over; its ticket is divided among them. */
  add(value: A, time: number, ticket: Ticket | undefined): void {
    const indexes = this.#indexes(time)
    const share = indexes.length > 1 ? this.#stage.share(ticket, indexes.length) : ticket
    for (const index of indexes) {
      const window = this.#byIndex.get(index) ?? this.#begin(index)
      window.values.push(value)
      if (share) window.tickets.push(share)
      if (window.values.length === this.#bounds.maxCount) {
        this.#open.splice(this.#open.indexOf(window), 1)
        this.#byIndex.delete(index)
        this.#full.push(window)
      }
    }
  }

  /** The next window to hand on, if one is full or over; `all`: if there is one at all. */
  handOver(into: EventWindow<A>[], at: number, tickets: Tickets, all: boolean): boolean {
    const window = this.#full.pop() ?? this.#earliest(all)
    if (window === undefined) return false
    const { start, end, values } = window
    into[at] = { start, end, values }
    tickets[at] = this.#stage.join(window.tickets, values.length)
    return true
  }

  giveBack(outcome: Outcome): void {
    for (const { tickets } of [...this.#open, ...this.#full]) {
      for (const ticket of tickets) ticket?.nack(reasonOf(outcome))
    }
    this.#open.length = this.#full.length = 0
    this.#byIndex.clear()
  }

  #earliest(all: boolean): OpenWindow<A> | undefined {
    const earliest = this.#open.at(-1)
    if (earliest === undefined || (!all && earliest.end > this.#watermark)) return undefined
    this.#open.pop()
    this.#byIndex.delete(earliest.index)
    return earliest
  }

  /** The windows of this time that are not over, the latest first. */
  #indexes(time: number): number[] {
    const indexes: number[] = []
    for (let index = this.#windows.begunAt(time); this.#windows.end(index) > Math.max(time, this.#watermark); index--) {
      indexes.push(index)
    }
    return indexes
  }

  #missing(time: number): number[] {
    return this.#indexes(time).filter((index) => !this.#byIndex.has(index))
  }

  #begin(index: number): OpenWindow<A> {
    const window: OpenWindow<A> = { index, start: this.#windows.start(index), end: this.#windows.end(index), values: [], tickets: [] }
    // Most values are of the latest windows, which come first.
    const place = this.#open.findIndex((open) => open.index < index)
    this.#open.splice(place < 0 ? this.#open.length : place, 0, window)
    this.#byIndex.set(index, window)
    return window
  }
}
