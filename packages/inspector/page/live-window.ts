import type { RunStats, StageStats, StageTime } from '@sluice/core'
import { STATES, type Shares } from './states'

/** The time over which shares and rates are told, in ms, and between two pictures that are kept for it. */
const WINDOW_MS = 5000
const EVERY_MS = 250

/** What is compared of a stage. */
interface Kept {
  readonly out: number
  readonly workingMs: number
  readonly time: StageTime | null
  readonly inFlightMs: number | undefined
}

interface Picture {
  readonly elapsedMs: number
  readonly stages: ReadonlyMap<string, Kept>
}

/** The last seconds of a run: what its figures are compared with. */
export class LiveWindow {
  #pictures: Picture[] = []
  #now: RunStats | undefined

  /** Figures have come. What is compared is copied: the rest changes with the next figures. */
  add(stats: RunStats): void {
    this.#now = stats
    const last = this.#pictures.at(-1)
    if (last !== undefined && stats.elapsedMs < last.elapsedMs) this.#pictures = []
    else if (last !== undefined && stats.elapsedMs - last.elapsedMs < EVERY_MS) return
    this.#pictures.push({ elapsedMs: stats.elapsedMs, stages: new Map(stats.stages.map(({ id, out, workingMs, time, calls }) => [id, { out, workingMs, time: time && { ...time }, inFlightMs: calls?.inFlightMs }])) })
    while (this.#pictures.length > 2 && stats.elapsedMs - (this.#pictures[1]?.elapsedMs ?? 0) > WINDOW_MS) this.#pictures.shift()
  }

  /** What part of the time a stage was in each state; undefined for one without a clock. */
  shares(stage: StageStats): Shares | undefined {
    const { time } = stage
    if (time === null) return undefined
    const before = this.#before(stage)?.time
    const spent = STATES.map(({ key }) => Math.max(0, time[key] - (before?.[key] ?? 0)))
    const whole = spent.reduce((sum, ms) => sum + ms, 0)
    // A run that stands has no new time: then what it was all along.
    const list = whole > 0 ? spent : STATES.map(({ key }) => time[key])
    const sum = list.reduce((total, ms) => total + ms, 0) || 1
    return list.map((ms) => ms / sum)
  }

  /** What part of the time the code of a stage itself was on the CPU. */
  workingShare(stage: StageStats): number {
    return this.#perMs(stage.workingMs, this.#before(stage)?.workingMs)
  }

  /** Values that a stage has handed on, a second. */
  rate(stage: StageStats): number {
    return 1000 * this.#perMs(stage.out, this.#before(stage)?.out)
  }

  /** Calls under way, on average. */
  inFlight(stage: StageStats): number {
    return stage.calls === null ? 0 : this.#perMs(stage.calls.inFlightMs, this.#before(stage)?.inFlightMs)
  }

  /** Values read by the sources and dealt with by the sinks, a second. */
  flow(): { readonly read: number; readonly done: number; readonly held: number } {
    let read = 0
    let done = 0
    let held = 0
    for (const stage of this.#now?.stages ?? []) {
      if (stage.inputs.length === 0) read += this.rate(stage)
      if (stage.kind === 'sink') done += this.rate(stage)
      held += stage.queue?.size ?? 0
    }
    return { read, done, held }
  }

  #before(stage: StageStats): Kept | undefined {
    return this.#pictures[0]?.stages.get(stage.id)
  }

  #perMs(now: number, before: number | undefined): number {
    const elapsed = (this.#now?.elapsedMs ?? 0) - (this.#pictures[0]?.elapsedMs ?? 0)
    return elapsed > 0 && before !== undefined ? Math.max(0, now - before) / elapsed : 0
  }
}
