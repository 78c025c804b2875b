import type { RunStats, StageStats } from '@sluice/core'
import type { ProcessFigures, Series } from '../wire/frames'

/** Seconds that are kept: ten minutes. */
const KEPT = 600
/** Stages whose figures are kept: 200 take 4 MB. */
const MOST_STAGES = 500

export const STATES = ['workingMs', 'callingMs', 'limitedMs', 'idleMs', 'backpressuredMs', 'blockedMs'] as const

/** A list of numbers of which the oldest goes when a new one comes. Numbers of 4 bytes: they are drawn, and not reckoned with. */
class Track {
  readonly #values = new Float32Array(KEPT).fill(NaN)

  set(second: number, value: number): void {
    this.#values[second % KEPT] = value
  }

  read(from: number, to: number): (number | null)[] {
    const list: (number | null)[] = []
    for (let second = from; second < to; second++) {
      const value = this.#values[second % KEPT] as number
      list.push(Number.isNaN(value) ? null : Math.round(value * 100) / 100)
    }
    return list
  }
}

/** What a run did in each of the last seconds, and each of its stages. */
export class History {
  #seconds = 0
  readonly #at = new Float64Array(KEPT)
  readonly #run = new Map<string, Track>()
  readonly #stages = new Map<string, Map<string, Track>>()
  #before: RunStats | undefined

  /** Another second is over. */
  add(stats: RunStats, figures: ProcessFigures, at: number): void {
    const before = this.#before
    this.#before = stats
    const second = this.#seconds++
    this.#at[second % KEPT] = at
    const elapsed = stats.elapsedMs - (before?.elapsedMs ?? 0)
    const earlier = new Map(before?.stages.map((stage) => [stage.id, stage]))
    let read = 0
    let held = 0
    for (const stage of stats.stages) {
      const was = earlier.get(stage.id)
      if (stage.inputs.length === 0) read += stage.out - (was?.out ?? 0)
      held += stage.queue?.size ?? 0
      this.#addStage(stage, was, second, elapsed)
    }
    const done = stats.stages.reduce((sum, stage) => sum + (stage.kind === 'sink' ? stage.out - (earlier.get(stage.id)?.out ?? 0) : 0), 0)
    this.#set(this.#run, second, { read: perSecond(read, elapsed), done: perSecond(done, elapsed), held, loop: figures.loop * 100, lag: figures.lagMs })
  }

  /** The rates at which sinks have dealt with values in the last `count` seconds. */
  trend(count: number): number[] {
    return (this.#run.get('done')?.read(Math.max(0, this.#seconds - count), this.#seconds) ?? []).map((rate) => rate ?? 0)
  }

  /** Of the run as a whole, or of one stage. */
  read(stage?: string): Series {
    const from = Math.max(0, this.#seconds - KEPT)
    const at = Array.from({ length: this.#seconds - from }, (_, i) => this.#at[(from + i) % KEPT] as number)
    const tracks = stage === undefined ? this.#run : (this.#stages.get(stage) ?? new Map<string, Track>())
    return { at, ...Object.fromEntries([...tracks].map(([name, track]) => [name, track.read(from, this.#seconds)])) }
  }

  #addStage(stage: StageStats, was: StageStats | undefined, second: number, elapsed: number): void {
    let tracks: Map<string, Track> | undefined = this.#stages.get(stage.id)
    if (tracks === undefined) {
      if (this.#stages.size >= MOST_STAGES) return
      this.#stages.set(stage.id, (tracks = new Map<string, Track>()))
    }
    const figures: Record<string, number> = { out: perSecond(stage.out - (was?.out ?? 0), elapsed) }
    if (stage.queue) figures['held'] = stage.queue.size
    if (stage.calls) figures['inFlight'] = elapsed > 0 ? (stage.calls.inFlightMs - (was?.calls?.inFlightMs ?? 0)) / elapsed : stage.calls.inFlight
    if (stage.time) {
      const spent = STATES.map((state) => Math.max(0, (stage.time?.[state] ?? 0) - (was?.time?.[state] ?? 0)))
      const whole = spent.reduce((sum, ms) => sum + ms, 0) || 1
      STATES.forEach((state, i) => { figures[state] = (100 * (spent[i] as number)) / whole })
    }
    this.#set(tracks, second, figures)
  }

  #set(tracks: Map<string, Track>, second: number, figures: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(figures)) {
      let track = tracks.get(name)
      if (track === undefined) tracks.set(name, (track = new Track()))
      track.set(second, value)
    }
  }
}

function perSecond(count: number, elapsedMs: number): number {
  return elapsedMs > 0 ? (1000 * count) / elapsedMs : 0
}
