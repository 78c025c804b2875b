import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import { ofPermits } from './permits'
import type { StageWindow } from '../stage-window'
import { percent, perSecond, rounded } from '../wording'

const HELD = 0.5

/** Held back by what somebody has set: a rate, a gate, a limit that several share, the time a batch is given. */
export const limits: Look = (evidence) => {
  const { window } = evidence
  return window.units.flatMap(({ stage }) => [ofRate(evidence, stage), ofGate(stage), ofPermits(evidence, stage), ofTimer(evidence, stage)])
    .filter((found) => found !== undefined)
}

function part(stage: StageWindow, by: string): number {
  return stage.limited[by] ?? 0
}

function ofRate({ window, caps }: Evidence, stage: StageWindow): Finding | undefined {
  const share = part(stage, 'rate')
  if (share <= HELD) return undefined
  const rate = (stage.out / window.ms) * 1000
  const own = (window.read / window.ms) * 1000
  const next = caps.find((cap) => cap.stage !== stage.id)
  const without = next && own > 0 && next.rate > own ? `; without it ${next.stage === null ? 'the event loop' : `'${next.stage}'`} is next at ${perSecond(next.rate)}` : ''
  return {
    verdict: 'own-rate', severity: 'info', stage: stage.id, cause: 'rate',
    message: `'${stage.id}' is held to ${perSecond(rate)} by its own rate ${percent(share)} of the time${without}`,
    advice: 'nothing is wrong; raise the rate if the run should be faster',
    figures: { limited: rounded(share), rate: rounded(rate), ...(next ? { next: next.stage ?? 'loop', nextRate: rounded(next.rate) } : {}) },
    confidence: share,
  }
}

function ofGate(stage: StageWindow): Finding | undefined {
  const share = part(stage, 'gate')
  if (share <= HELD) return undefined
  return {
    verdict: 'gate', severity: 'info', stage: stage.id, cause: 'gate',
    message: `'${stage.id}' is closed ${percent(share)} of the time: it lets nothing through until its condition, or its circuit, says so`,
    advice: '', figures: { limited: rounded(share) }, confidence: share,
  }
}

function ofTimer({ window }: Evidence, stage: StageWindow): Finding | undefined {
  const share = part(stage, 'timer')
  if (share <= HELD || stage.kind === 'source') return undefined
  const { joint } = stage
  const capacity = joint?.all.capacity ?? null
  const fill = joint !== null && capacity ? joint.all.size / capacity : 0
  if (joint !== null && capacity !== null && capacity > 1 && joint.full > HELD) return fullOfTime(stage, share, capacity, (stage.out / window.ms) * 1000)
  if (fill > 0.2 && capacity !== 1) return undefined
  return {
    verdict: 'batch-wait', severity: 'info', stage: stage.id, cause: 'timer',
    message: `'${stage.id}' waits for its time to be over ${percent(share)} of the time, with few values in hand`,
    advice: 'a shorter time, or a smaller batch, hands values on sooner',
    figures: { limited: rounded(share), fill: rounded(fill) }, confidence: share,
  }
}

/** As many values as may wait for their time do, so that how many these are and how long they wait is the rate. */
function fullOfTime(stage: StageWindow, share: number, capacity: number, rate: number): Finding {
  return {
    verdict: 'own-rate', severity: 'info', stage: stage.id, cause: 'timer',
    message: `'${stage.id}' is held to ${perSecond(rate)}: all of its ${capacity} places are taken by values that wait for their time`,
    advice: 'nothing is wrong; more places let more values wait at once, if the run should be faster',
    figures: { limited: rounded(share), rate: rounded(rate), capacity }, confidence: share,
  }
}
