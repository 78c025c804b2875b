import type { LongTurn } from '../../../contract/stats'
import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import { holderOf } from '../holder'
import type { StageWindow } from '../stage-window'
import type { Window } from '../window'
import { duration, percent, rounded } from '../wording'
import { at } from './cpu'
import { isThreaded, LESS_TO_COPY } from './transfer'

/** A turn this long is felt by everything that shares the loop; from the second on it is a problem. */
const FELT_MS = 100
const BAD_MS = 200
/** One turn in the first moments of a run, in which a machine loads and compiles code, is felt from here on. */
const YOUNG_MS = 1000
const YOUNG_FELT_MS = 500
const BLOCKED = 0.2
const BUSY = 0.4
/** What part of the time the stages of other runs may be on the CPU. */
const HOGGED = 0.5
/** A value that takes this long is one long turn by itself. */
const LONG_MS = 50
const FOREIGN = 0.3

/** The event loop held for long: by a stage of this run, of another run, or by code outside of all pipelines. */
export const loop: Look = (evidence) => [longTurn(evidence) ?? blockedBy(evidence) ?? hogged(evidence), foreign(evidence)].filter((found) => found !== undefined)

function longTurn({ window }: Evidence): Finding | undefined {
  const turns = window.now.process.longTurns.filter(({ agoMs }) => agoMs < window.ms)
  const [worst] = [...turns].sort((a, b) => b.ms - a.ms)
  if (worst === undefined || (turns.length === 1 && isOfStart(worst, window))) return undefined
  const share = turns.reduce((sum, { ms }) => sum + ms, 0) / window.ms
  const told = holderOf(window.now.stages, window.now.name, worst)
  const stage = told && window.byId.get(told.id)
  const blocked = Math.max(0, ...window.stages.map((stage) => stage.shares?.blocked ?? 0))
  return {
    verdict: 'loop-blocked', severity: severityOf(worst, share, stage), stage: stage?.id ?? null, cause: stage ? 'cpu' : `${worst.run}/${worst.stage}`,
    message: `${stage ? `'${stage.id}'${at(stage)}` : `'${worst.stage}' of the run '${worst.run}'`} held the event loop for ${duration(worst.ms)}${turns.length > 1 ? `, and ${turns.length - 1} more ${turns.length === 2 ? 'time' : 'times'} for long` : ''}: timers, I/O and all other stages stood still meanwhile`,
    advice: stage && isThreaded(stage) ? LESS_TO_COPY : 'split the work of one value into several, or run it on threads (mapWorkers)',
    figures: { longestMs: rounded(worst.ms), turns: turns.length, share: rounded(share), blocked: rounded(blocked), heldBy: `${worst.run}/${worst.stage}` },
    confidence: Math.min(1, worst.ms / FELT_MS),
  }
}

/** A run that has gone on since then has not had such a turn again. */
function isOfStart({ ms, agoMs }: LongTurn, { now: { elapsedMs } }: Window): boolean {
  return ms < YOUNG_FELT_MS && elapsedMs > YOUNG_MS && elapsedMs - agoMs < YOUNG_MS
}

function severityOf({ ms }: LongTurn, share: number, stage: StageWindow | undefined): Finding['severity'] {
  // A step that is busy all the time with values that take little had a long turn because the machine did something else: see `cpu`.
  if (stage && stage.working > BUSY && stage.workingMs / Math.max(1, stage.in, stage.out) < LONG_MS) return 'info'
  return ms >= BAD_MS ? 'problem' : ms >= FELT_MS || share > 0.1 ? 'advice' : 'info'
}

/** A stage that is ready and does not get its turn, because of a stage of another run. Of its own run, the step tells: see `cpu`. */
function blockedBy({ window }: Evidence): Finding | undefined {
  let worst: { readonly stage: StageWindow; readonly by: string; readonly share: number } | undefined
  for (const stage of window.stages) {
    for (const [by, share] of Object.entries(stage.blocked)) {
      if (by === 'other code' || by.startsWith(`${window.now.name}/`)) continue
      if (share > BLOCKED && share > (worst?.share ?? 0)) worst = { stage, by, share }
    }
  }
  if (worst === undefined) return undefined
  const { stage, by, share } = worst
  return {
    verdict: 'loop-blocked', severity: 'advice', stage: stage.id, cause: by,
    message: `'${stage.id}' is ready ${percent(share)} of the time and does not get its turn: '${by}', a stage of another run, holds the event loop`,
    advice: `run '${by}' on threads (mapWorkers), or in a process of its own`,
    figures: { blocked: rounded(share), heldBy: by }, confidence: Math.min(1, share * 2),
  }
}

/** The stages of other runs are on the CPU for much of the time: what this run waits for comes late. */
function hogged({ window }: Evidence): Finding | undefined {
  const own = `${window.now.name}/`
  const before = window.before?.process.heldBy ?? {}
  const others = Object.entries(window.now.process.heldBy)
    .flatMap(([by, ms]) => (by.startsWith(own) || by === 'others' ? [] : [{ by, share: (ms - (before[by] ?? 0)) / window.ms }]))
    .sort((a, b) => b.share - a.share)
  const share = others.reduce((sum, other) => sum + other.share, 0)
  const [most] = others
  if (most === undefined || share < HOGGED) return undefined
  return {
    verdict: 'loop-blocked', severity: 'advice', stage: null, cause: most.by,
    message: `'${most.by}', a stage of another run, holds the event loop ${percent(most.share)} of the time: calls and timers of this run are told late`,
    advice: `run '${most.by}' on threads (mapWorkers), or in a process of its own`,
    figures: { share: rounded(share), heldBy: most.by }, confidence: Math.min(1, share),
  }
}

function foreign({ window }: Evidence): Finding | undefined {
  const { foreign: share, utilization, ours } = window.loop
  if (share <= FOREIGN || share < ours) return undefined
  const blocked = Math.max(0, ...window.stages.map(({ blocked: by }) => by['other code'] ?? 0))
  return {
    verdict: 'loop-foreign', severity: 'advice', stage: null, cause: 'other code',
    message: `code outside of all stages holds the event loop ${percent(share)} of the time, ${duration(share * window.ms)} of ${duration(window.ms)}: no stage of any run held it then, and all of them together did ${percent(ours)}`,
    advice: 'look at what else runs in this process, and at what the functions of the stages do after an await: a CPU profile names it',
    figures: { foreign: rounded(share), foreignMs: rounded(share * window.ms), stages: rounded(ours), utilization: rounded(utilization ?? 0), blocked: rounded(blocked) },
    confidence: Math.min(1, 0.4 + share),
  }
}
