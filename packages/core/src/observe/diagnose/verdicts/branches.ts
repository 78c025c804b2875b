import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import type { StageWindow } from '../stage-window'
import type { Unit } from '../units'
import { lacking, mostLively, walkFrom } from '../walk'
import { percent, rounded, short } from '../wording'

const MOSTLY = 0.5
const SKEWED = 0.8
const MANY = 20
const FULL_LOOP = 0.8

/** What is wrong between stages that stand side by side: one branch holds the others, has all the work, or lacks input. */
export const branches: Look = (evidence) => [starved(evidence), slowBranch(evidence), ...skewed(evidence), amplified(evidence)].filter((found) => found !== undefined)

/** A stage that waits for room in one branch, while the other branches have nothing to do. */
function slowBranch({ window }: Evidence): Finding | undefined {
  const fan = window.units.find(({ shares, outputs }) => {
    const lively = mostLively(outputs)
    return lively !== undefined && outputs.length > 1 && shares.backpressured > MOSTLY && outputs.every((other) => other === lively || other.shares.idle > MOSTLY)
  })
  const branch = fan && mostLively(fan.outputs)
  if (!fan || !branch || branch.shares.idle > MOSTLY) return undefined
  const { unit, confidence } = walkFrom(branch)
  return {
    verdict: 'slow-branch', severity: 'advice', stage: unit.stage.id, cause: 'branch',
    message: `'${unit.stage.id}' holds back all branches of '${fan.stage.id}': the others wait for input, and '${fan.stage.id}' waits for room ${percent(fan.shares.backpressured)} of the time`,
    advice: `make '${unit.stage.id}' faster, give its branch a buffer (slowBranch), or let it drop values`,
    figures: { fan: fan.stage.id, branch: branch.stage.id, backpressured: rounded(fan.shares.backpressured), branches: fan.outputs.length },
    confidence: confidence * fan.shares.backpressured,
  }
}

/** Most values of a fan-out go to one branch, and that branch is what the run waits for: one that drops, as `wireTap` does, waits for none. */
function skewed({ window, walk }: Evidence): readonly Finding[] {
  // Branches share one event loop: where that is full, dividing the values otherwise brings nothing.
  if ((window.loop.utilization ?? window.loop.ours) > FULL_LOOP) return []
  const onPath = new Set((walk ? [...walk.path, ...allBefore(walk.unit)] : []).flatMap(({ members }) => members.map(({ id }) => id)))
  return window.stages.flatMap((fan): readonly Finding[] => {
    const taken = branchesOf(window.consumersOf(fan.id)).map((branch) => ({ branch, values: branch.out }))
    const all = taken.reduce((sum, { values }) => sum + values, 0)
    const [most] = taken.sort((a, b) => b.values - a.values)
    // Where each branch is given all values, none has more than its share.
    if (most === undefined || taken.length < 2 || all < MANY || fan.in > 0 && all > fan.in * 1.2) return []
    const share = most.values / all
    if (share < Math.min(SKEWED, 2 / taken.length) || !onPath.has(most.branch.id) || fan.dropped > 0) return []
    return [{
      verdict: 'skew', severity: 'advice', stage: fan.id, cause: most.branch.id,
      message: `${percent(share)} of the values of '${fan.id}' go to one of its ${taken.length} branches, '${most.branch.id}', and the run waits for that one`,
      advice: 'divide by something that is spread more evenly, or give that branch more to work with',
      figures: { branch: most.branch.id, share: rounded(share), branches: taken.length }, confidence: Math.min(1, share),
    }]
  })
}

/** The begin of each branch of a fan-out; what takes in the results of all of them stands beside these. */
function branchesOf(consumers: readonly StageWindow[]): readonly StageWindow[] {
  return consumers.filter(({ inputs }) => inputs.length === 1)
}

/** A stage that needs a value of each input waits for one of them, and the others wait for room. */
function starved({ window }: Evidence): Finding | undefined {
  const join = window.units.find(({ shares, inputs }) => inputs.length > 1 && shares.idle > MOSTLY)
  const side = join && lacking(join.inputs)
  if (!join || !side || side.shares.backpressured > MOSTLY) return undefined
  // An inner source is opened for a value: what gives the values waits until there is room for another one, and is no side.
  if (side.stage.inner) return undefined
  // What stands before the side, as the stage does that deals values out to it, waits for room because of the side, and not beside it.
  const before = allBefore(side)
  if (before.has(join) || !join.inputs.some((other) => other.shares.backpressured > MOSTLY && !before.has(other))) return undefined
  const { unit, end, confidence } = walkFrom(side)
  return {
    // A side that is paced, or waits for an event, is as it was made.
    verdict: 'starved-side', severity: end === 'event' || end === 'limit' ? 'info' : 'advice', stage: unit.stage.id, cause: 'input',
    message: `'${join.stage.id}' waits ${percent(join.shares.idle)} of the time for the side of '${unit.stage.id}', and its other inputs wait for room`,
    advice: `make the side of '${unit.stage.id}' faster: the others can do no more than it does`,
    figures: { join: join.stage.id, side: side.stage.id, idle: rounded(join.shares.idle) }, confidence: confidence * join.shares.idle,
  }
}

function amplified({ window, walk }: Evidence): Finding | undefined {
  if (!walk || walk.end === 'event') return undefined
  const { unit } = walk
  const taken = Math.max(unit.stage.in, ...unit.members.map((stage) => stage.in))
  // Against what sources gave: who takes batches apart has not made more of anything.
  if (window.read < 1 || taken / window.read < MANY) return undefined
  const maker = window.stages.filter((stage) => stage.position <= unit.stage.position && stage.in > 0).sort((a, b) => times(b) - times(a))[0]
  if (maker === undefined || times(maker) < MANY) return undefined
  return {
    verdict: 'amplified', severity: 'advice', stage: maker.id, cause: 'expansion',
    message: `'${maker.id}' makes ${short(times(maker))} values of each one, and '${unit.stage.id}' behind it is what the run waits for`,
    advice: `do the work of '${unit.stage.id}' before '${maker.id}', or for several values at once (batch)`,
    figures: { timesMore: rounded(times(maker)), behind: unit.stage.id }, confidence: walk.confidence,
  }
}

function times(stage: StageWindow): number {
  return stage.out / Math.max(1, stage.in)
}

/** Everything that feeds a unit, however far before it. */
function allBefore(unit: Unit): ReadonlySet<Unit> {
  const found = new Set<Unit>()
  const open = [unit]
  for (let next = open.pop(); next; next = open.pop()) {
    for (const input of next.inputs) {
      if (found.has(input)) continue
      found.add(input)
      open.push(input)
    }
  }
  return found
}
