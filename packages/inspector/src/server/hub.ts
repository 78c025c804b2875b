import { randomBytes } from 'node:crypto'
import { basename } from 'node:path'
import type { LimitLike } from '@sluice/core'
import type { ObservedRun } from '../watch/observed-run'
import type { RunList } from '../watch/run-list'
import { ProcessProbe } from '../watch/process-probe'
import { RunEncoder } from '../wire/encoder'
import { FRAMES_VERSION, type EventFrame, type Frame, type Hello, type LimitFigures, type ProcessFigures, type RunsFrame } from '../wire/frames'
import type { CheckedInspectOptions } from './inspect-options'
import type { Viewer } from './viewer'

/** Ten looks a second at the runs that somebody watches, one at the others. */
const LOOK_MS = 100
const LOOKS_A_SECOND = 10
/** Events that a viewer who comes late gets to know. */
const EVENTS = 100

/** Looks at the runs, and tells viewers. A look costs nothing while nobody watches, but for one look a second at each run. */
export class Hub {
  readonly runs: RunList
  readonly viewers = new Set<Viewer>()
  readonly #given: Pick<CheckedInspectOptions, 'limits' | 'controls' | 'taps'>
  readonly #probe = new ProcessProbe()
  readonly #epoch = randomBytes(8).toString('hex')
  readonly #encoders = new Map<number, RunEncoder>()
  /** The last failure of each run that was sent. */
  readonly #failuresSent = new Map<number, number>()
  readonly #events: EventFrame[] = []
  readonly #listeners = new Set<(frames: RunsFrame) => void>()
  #figures: ProcessFigures = this.#probe.read()
  #timer: NodeJS.Timeout | undefined
  #looks = 0
  #due = 0

  constructor(runs: RunList, given: Pick<CheckedInspectOptions, 'limits' | 'controls' | 'taps'>) {
    this.runs = runs
    this.#given = given
  }

  /** Begins to look; a second call does nothing. The timer keeps no process alive. */
  start(): void {
    if (this.#timer) return
    this.#due = performance.now() + LOOK_MS
    this.#timer = setInterval(() => { this.#look() }, LOOK_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    for (const viewer of this.viewers) viewer.end()
    this.viewers.clear()
  }

  /** Is told every second, after the runs were looked at. */
  onSecond(listener: (frame: RunsFrame) => void): void {
    this.#listeners.add(listener)
  }

  get hello(): Hello {
    const { controls, taps } = this.#given
    return { t: 'hello', v: FRAMES_VERSION, epoch: this.#epoch, pid: process.pid, title: basename(process.argv[1] ?? 'node'), node: process.version, at: Date.now(), controls, taps }
  }

  /** A viewer has come. */
  add(viewer: Viewer): void {
    this.viewers.add(viewer)
    viewer.send(lineOf(this.hello))
    viewer.send(lineOf(this.frame()))
    for (const event of this.#events) viewer.send(lineOf(event))
    this.#sendRuns([viewer])
  }

  remove(viewer: Viewer): void {
    this.viewers.delete(viewer)
  }

  /** Something has happened: every viewer is told, and those who come later. */
  tell(event: Omit<EventFrame, 't' | 'at'>): void {
    const frame: EventFrame = { t: 'event', at: Date.now(), ...event }
    this.#events.push(frame)
    if (this.#events.length > EVENTS) this.#events.shift()
    this.send(frame)
  }

  /** Sends one frame to all, or to those who show a run. */
  send(frame: Frame, run?: number): void {
    const line = lineOf(frame)
    for (const viewer of this.viewers) if (run === undefined || viewer.run === run) viewer.send(line)
  }

  frame(): RunsFrame {
    const now = Date.now()
    return { t: 'runs', at: now, process: this.#figures, runs: this.runs.shown.map((observed) => observed.summary(now)), more: this.runs.more, limits: this.#given.limits.map(figuresOf) }
  }

  #look(): void {
    const now = performance.now()
    this.#probe.late(now - this.#due)
    this.#due = now + LOOK_MS
    if (++this.#looks % LOOKS_A_SECOND === 0) {
      this.#figures = this.#probe.read()
      this.runs.look(this.#figures, Date.now())
      const frame = this.frame()
      if (this.viewers.size > 0) this.send(frame)
      for (const listener of this.#listeners) listener(frame)
    }
    if (this.viewers.size > 0) this.#sendRuns(this.viewers)
  }

  /** Each run that is shown is encoded once, for all who show it. */
  #sendRuns(viewers: Iterable<Viewer>): void {
    const shownBy = new Map<number, Viewer[]>()
    for (const viewer of viewers) {
      // Asked first: those who show the overview are cut off as well.
      if (!viewer.isReady || viewer.run === undefined) continue
      const others = shownBy.get(viewer.run)
      if (others) others.push(viewer)
      else shownBy.set(viewer.run, [viewer])
    }
    for (const [id, watching] of shownBy) {
      const observed = this.runs.find(id)
      if (observed) this.#sendRun(observed, watching)
    }
    for (const id of this.#encoders.keys()) {
      if ([...this.viewers].some(({ run }) => run === id)) continue
      this.#encoders.delete(id)
      this.#failuresSent.delete(id)
    }
  }

  #sendRun(observed: ObservedRun, watching: readonly Viewer[]): void {
    const stats = observed.stats()
    let encoder = this.#encoders.get(observed.id)
    if (encoder === undefined) this.#encoders.set(observed.id, (encoder = new RunEncoder(observed.id)))
    if (encoder.isAnother(stats) || watching.some(({ needsFull }) => needsFull)) {
      // Changes count from the full frame, so all who show the run get that one.
      const line = lineOf(encoder.full(stats, observed.history.read())) + this.#failuresOf(observed, 0)
      for (const viewer of this.viewers) {
        if (viewer.run !== observed.id) continue
        viewer.needsFull = !viewer.isReady
        viewer.send(line)
      }
      return
    }
    const delta = encoder.delta(stats)
    const line = (delta ? lineOf(delta) : '') + this.#failuresOf(observed, this.#failuresSent.get(observed.id) ?? 0)
    if (line === '') return
    for (const viewer of watching) viewer.send(line)
    for (const viewer of this.viewers) if (viewer.run === observed.id && !watching.includes(viewer)) viewer.needsFull = true
  }

  /** The line of what has failed since; to be sent with the figures, so that both or none are taken. */
  #failuresOf({ id, failures }: ObservedRun, after: number): string {
    const frame = failures.frame(id, after)
    this.#failuresSent.set(id, failures.count)
    return frame ? lineOf(frame) : ''
  }
}

function lineOf(frame: Frame): string {
  return `${JSON.stringify(frame)}\n`
}

function figuresOf({ name, active, waiting, concurrency, rate }: LimitLike): LimitFigures {
  return { name, active, waiting, concurrency: concurrency === Infinity ? null : concurrency, rate: rate ? { count: rate.count, perMs: rate.perMs } : null }
}
