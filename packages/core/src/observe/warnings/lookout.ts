import type { StageStats } from '../../contract/stage-stats'
import type { RunStats } from '../../contract/stats'
import type { Warning } from '../../contract/warning'
import { holderOf } from '../diagnose/holder'
import { lostSince } from '../diagnose/lost'
import { stalledStage } from '../diagnose/stalled'
import { duration, percent, rounded, short } from '../diagnose/wording'

/** From so long on a turn is told of: everything else of the process stands still meanwhile. */
export const BLOCKED_MS = 200
/** A run as young as this is warned of turns from the second bound on: in the first moments a machine loads and compiles code. */
const YOUNG_MS = 1000
const YOUNG_BLOCKED_MS = 500
/** A warning comes again when there was no reason for it for so long. */
const CLEAR_MS = 60_000

/**
 * Looks at the figures of one run from time to time, and tells once what should not be: for each kind and stage once, and again after a
 * clear minute. The watch of the process has one for each run; who runs pipelines on a clock of his own looks by hand.
 *
 * @example
 * ```ts
 * import { drain, from } from 'sluice'
 * import { Lookout } from '@sluice/core/authoring'
 *
 * const warnings: string[] = []
 * const lookout = new Lookout(({ message }) => { warnings.push(message) })
 * const run = from([1, 2]).to(drain()).run()
 * lookout.look(run.stats())
 * await run
 * lookout.look(run.stats())
 * warnings // []
 * ```
 */
export class Lookout {
  readonly #tell: (warning: Warning) => void
  /** The last figures, and the last ones at which a stage had moved. */
  #last: RunStats | undefined
  #moved: RunStats | undefined
  /** When each kind and stage was last seen, in ms of the run. */
  readonly #seen = new Map<string, number>()

  /** @param tell is given each warning. What it throws, `look` throws. */
  constructor(tell: (warning: Warning) => void) {
    this.#tell = tell
  }

  /** @param now `run.stats()`; each time of the same run. */
  look(now: RunStats): void {
    const last = this.#last
    this.#last = now
    if (last === undefined || hasMoved(now, last)) this.#moved = now
    this.#lost(now, last)
    this.#blocked(now, last)
    if (now.status === 'running') this.#stalled(now)
  }

  #lost(now: RunStats, last: RunStats | undefined): void {
    for (const { stage, count, share, capacity } of lostSince(now, last)) {
      this.#once('drop', now, stage, `'${stage}' drops values because its queue is full: ${short(count)} so far, ${percent(share)} of what came`,
        { dropped: count, share: rounded(share), ...(capacity === null ? {} : { capacity }) })
    }
  }

  #blocked(now: RunStats, last: RunStats | undefined): void {
    const sinceMs = now.elapsedMs - (last?.elapsedMs ?? 0)
    const bound = now.elapsedMs < YOUNG_MS ? YOUNG_BLOCKED_MS : BLOCKED_MS
    for (const turn of now.process.longTurns) {
      const { ms, agoMs } = turn
      // A turn of another run is told of by that one.
      const stage = ms < bound || agoMs > sinceMs ? undefined : holderOf(now.stages, now.name, turn)?.id
      if (stage === undefined) continue
      this.#once('blocked-loop', now, stage, `'${stage}' held the event loop for ${duration(ms)}: timers, I/O and all other stages stood still meanwhile`, { ms: rounded(ms) })
    }
  }

  #stalled(now: RunStats): void {
    const found = stalledStage(now, this.#moved)
    if (found?.isSure) this.#once('stall', now, found.stage, found.message, found.figures)
  }

  #once(kind: Warning['kind'], { name, elapsedMs, stages }: RunStats, stage: string, message: string, figures: Warning['figures']): void {
    const key = `${kind} ${stage}`
    const seen = this.#seen.get(key)
    this.#seen.set(key, elapsedMs)
    if (seen !== undefined && elapsedMs - seen < CLEAR_MS) return
    const site = stages.find(({ id }) => id === stage)?.site ?? null
    this.#tell({ kind, run: name, stage, site, message: `run '${name}': ${message}`, figures })
  }
}

function hasMoved(now: RunStats, last: RunStats): boolean {
  return now.stages.length !== last.stages.length || now.stages.some((stage, at) => differs(stage, last.stages[at]))
}

function differs(stage: StageStats, last: StageStats | undefined): boolean {
  return stage.out !== last?.out || stage.in !== last.in
}
