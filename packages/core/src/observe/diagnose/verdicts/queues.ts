import type { Finding } from '../diagnosis'
import type { Look } from '../evidence'
import type { JointWindow, StageWindow } from '../stage-window'
import { duration, percent, rounded, short } from '../wording'

const FULL = 0.9
const EMPTY = 0.95
const SWINGS = 0.2
/** One burst says nothing of the next. */
const BURSTS = 2
const TIMED = 0.5
/** Below this rate a hand-off costs nothing that anybody would feel. */
const FAST = 1000

/** What a queue by itself tells: always full, always empty, too small for the bursts; and what has been lost at one. */
export const queues: Look = ({ window }) => window.stages.flatMap((stage) => {
  const found: Finding[] = []
  const { joint, calls } = stage
  if (joint === null || calls !== null || stage.kind === 'sink') return found
  const isPassage = stage.kind === 'operator' && Math.abs(stage.in - stage.out) <= (joint.all.capacity ?? 0)
  // A batch, a group or a value that rests is no queue that somebody has chosen the size of.
  if (!isPassage && stage.kind !== 'source') return found
  // What waits for its time takes the place for as long, and more places would make it faster.
  if ((stage.limited['timer'] ?? 0) > TIMED) return found
  const rate = (stage.out / window.ms) * 1000
  if (joint.full > FULL) found.push(alwaysFull(stage, joint.full))
  else if (isPassage && joint.empty > EMPTY && rate > FAST && (joint.all.capacity ?? Infinity) > 1) found.push(alwaysEmpty(stage, joint.empty, rate))
  else if (heldBack(stage, joint) > SWINGS && joint.empty > SWINGS && joint.bursts >= BURSTS && (joint.all.capacity ?? 0) > 1) found.push(tooSmall(stage, joint, heldBack(stage, joint), window.ms))
  return found
})

function alwaysFull(stage: StageWindow, full: number): Finding {
  const waits = stage.now.queue?.oldestMs ?? null
  return {
    verdict: 'queue-full', severity: 'info', stage: stage.id, cause: 'room',
    message: `the queue of '${stage.id}' is full ${percent(full)} of the time: a bigger one only adds waiting${waits === null ? '' : `, now ${duration(waits)}`}`,
    advice: '', figures: { full: rounded(full), capacity: stage.now.queue?.capacity ?? 0, ...(waits === null ? {} : { oldestMs: rounded(waits) }) }, confidence: full,
  }
}

function alwaysEmpty(stage: StageWindow, empty: number, rate: number): Finding {
  return {
    verdict: 'queue-empty', severity: 'info', stage: stage.id, cause: 'input',
    message: `the queue of '${stage.id}' is empty ${percent(empty)} of the time at ${short(rate)} values a second: a direct call saves a hand-off`,
    advice: `leave '${stage.id}' out`, figures: { empty: rounded(empty), rate: rounded(rate) }, confidence: empty,
  }
}

/** A queue that was full takes nothing before it is low again: it keeps whoever fills it waiting for longer than it is full. */
function heldBack(stage: StageWindow, { full }: JointWindow): number {
  return Math.max(full, stage.shares?.backpressured ?? 0)
}

/** The queue would have to hold what is taken from it in the time in which it lacks values, on top of what it holds. */
function tooSmall(stage: StageWindow, { empty, bursts, all }: JointWindow, full: number, ms: number): Finding {
  const capacity = all.capacity ?? 0
  const lacking = (stage.out / Math.max(0.01, 1 - empty)) * (empty / bursts)
  const enough = roundUp(capacity + lacking)
  return {
    verdict: 'queue-small', severity: 'advice', stage: stage.id, cause: 'bursts',
    message: `the queue of '${stage.id}' is full ${percent(full)} and empty ${percent(empty)} of the time: ${short(capacity)} places are too few for the bursts that come, ${bursts} in ${duration(ms)}`,
    advice: `give '${stage.id}' a capacity of about ${short(enough)}: so that what comes in a burst is there when nothing comes`,
    figures: { full: rounded(full), empty: rounded(empty), capacity, bursts, suggested: enough }, confidence: Math.min(1, full + empty),
  }
}

/** To two digits: it rests on a few bursts. */
function roundUp(places: number): number {
  const step = 10 ** Math.max(0, Math.floor(Math.log10(places)) - 1)
  return Math.ceil(places / step) * step
}
