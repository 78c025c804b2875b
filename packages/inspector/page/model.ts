import type { RunStats, StageStats } from '@sluice/core'
import { RunDecoder } from '../src/wire/decoder'
import type { EventFrame, FailuresFrame, Frame, Hello, RunsFrame, RunSummary, ShownItemFailure } from '../src/wire/frames'
import { LiveWindow } from './live-window'

/** Seconds of the time lines, and events that are listed. */
const SECONDS = 600
const EVENTS = 100
/** Failed items that are listed. */
const FAILURES = 60

/** What is drawn over time: lists of the same length. */
export interface Timeline {
  readonly at: number[]
  readonly read: (number | null)[]
  readonly done: (number | null)[]
  readonly held: (number | null)[]
  readonly loop: (number | null)[]
  readonly lag: (number | null)[]
}

const TRACKS = ['read', 'done', 'held', 'loop', 'lag'] as const

/** What the page knows: it changes with each frame. */
export class Model {
  hello: Hello | undefined
  runs: RunsFrame | undefined
  /** The run that is shown. */
  shown: number | undefined
  window = new LiveWindow()
  timeline: Timeline = emptyTimeline()
  readonly events: EventFrame[] = []
  /** Items of the run that is shown that failed, oldest first, and how many there were beside them in storms. */
  failures: readonly ShownItemFailure[] = []
  unseenFailures = 0
  #decoder = new RunDecoder()

  /** The figures of the run that is shown; undefined until they have come. */
  get stats(): RunStats | undefined {
    return this.#decoder.stats
  }

  get summary(): RunSummary | undefined {
    const summary = this.runs?.runs.find(({ id }) => id === this.shown)
    // The figures come ten times a second, and the summary once.
    return summary && this.stats ? { ...summary, status: this.stats.status } : summary
  }

  stage(id: string | undefined): StageStats | undefined {
    return id === undefined ? undefined : this.#decoder.stage(id)
  }

  /** Another run is shown. */
  show(run: number | undefined): void {
    this.shown = run
    this.#decoder = new RunDecoder()
    this.window = new LiveWindow()
    this.timeline = emptyTimeline()
    this.failures = []
    this.unseenFailures = 0
  }

  /** Takes a frame in; false where one is missing before it. */
  take(frame: Frame): boolean {
    switch (frame.t) {
      case 'hello': this.#greeted(frame); break
      case 'runs': this.#second(frame); break
      case 'full': if (frame.run === this.shown) this.#full(frame); break
      case 'delta': if (frame.run === this.shown) return this.#delta(frame); break
      case 'event': this.#event(frame); break
      case 'failures': if (frame.run === this.shown) this.#failed(frame); break
      case 'tap': break
    }
    return true
  }

  /** A program that was started again begins its runs at 1 again. */
  #greeted(hello: Hello): void {
    if (this.hello !== undefined && this.hello.epoch !== hello.epoch) this.show(this.shown)
    this.hello = hello
    this.events.length = 0
  }

  #full(frame: Extract<Frame, { t: 'full' }>): void {
    this.#decoder.full(frame)
    this.window.add(frame.stats)
    if (frame.history.at.length === 0) return
    this.timeline = emptyTimeline()
    this.timeline.at.push(...frame.history.at)
    for (const name of TRACKS) this.timeline[name].push(...(frame.history[name] ?? frame.history.at.map(() => null)))
  }

  #delta(frame: Extract<Frame, { t: 'delta' }>): boolean {
    if (!this.#decoder.delta(frame)) return false
    if (this.#decoder.stats) this.window.add(this.#decoder.stats)
    return true
  }

  #second(frame: RunsFrame): void {
    const isNext = frame.at > (this.timeline.at.at(-1) ?? 0) + 500
    this.runs = frame
    if (this.stats === undefined || !isNext || this.summary?.endedAgoMs != null) return
    const { timeline } = this
    timeline.at.push(frame.at)
    const figures = { ...this.window.flow(), loop: frame.process.loop * 100, lag: frame.process.lagMs }
    for (const name of TRACKS) timeline[name].push(figures[name])
    if (timeline.at.length > SECONDS) for (const list of [timeline.at, ...TRACKS.map((name) => timeline[name])]) list.shift()
  }

  /** After a gap those that are kept are sent again. */
  #failed({ failures, unseen }: FailuresFrame): void {
    const last = this.failures.at(-1)?.n ?? 0
    this.failures = [...this.failures, ...failures.filter(({ n }) => n > last)].slice(-FAILURES)
    this.unseenFailures = unseen
  }

  #event(event: EventFrame): void {
    this.events.push(event)
    if (this.events.length > EVENTS) this.events.shift()
  }
}

function emptyTimeline(): Timeline {
  return { at: [], read: [], done: [], held: [], loop: [], lag: [] }
}
