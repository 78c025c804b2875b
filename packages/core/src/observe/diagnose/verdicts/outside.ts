import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import type { StageWindow } from '../stage-window'
import { duration, percent, perSecond, rounded, short } from '../wording'
import { MOST } from '../what-if'
import { at } from './cpu'

const FULL = 0.8
const GAIN = 1.2
/** From so many values on, what a source gives is a rate. */
const A_RATE = 50

/** Ends outside of the run: calls of an operator, writes of a sink, reads of a source. */
export const outside: Look = (evidence) => {
  const { walk } = evidence
  if (walk?.end !== 'outside') return walk?.end === 'event' ? waiting(evidence) : undefined
  const { stage, shares } = walk.unit
  if (stage.kind === 'source') return sourceBound(evidence, stage, shares.calling)
  const busy = stage.calls?.bound != null ? stage.calls.full : shares.calling + (stage.kind === 'sink' ? shares.backpressured : 0)
  return busy > FULL ? callsFull(evidence, stage, busy) : undefined
}

function callsFull({ window, caps, walk }: Evidence, stage: StageWindow, busy: number): Finding {
  const { id, calls, kind } = stage
  const isSink = kind === 'sink'
  const rate = (window.read / window.ms) * 1000
  const bound = calls?.bound ?? null
  const other = caps.find((cap) => cap.stage !== id)
  const reach = Math.min(other?.rate ?? Infinity, rate * MOST)
  const gain = rate > 0 ? reach / rate : MOST
  const more = bound === null ? 0 : Math.ceil(bound * Math.min(gain, MOST))
  const helps = gain >= GAIN
  const until = other && other.rate < rate * MOST ? `, until ${other.stage === null ? 'the event loop' : `'${other.stage}'`} at ${perSecond(other.rate)} is next` : ''
  const waits = bound === null || bound === 1 ? `waits for its ${isSink ? 'writes' : 'calls'}` : `has all ${bound} of its calls out`
  const perCall = calls && calls.settled > 0 ? stage.in / calls.settled : 0
  const batches = isSink && perCall <= 2 ? 'write more values at once (batch)' : ''
  const advice = !helps ? ''
    : bound === null ? batches || `make what '${id}' waits for quicker`
    : `concurrency ${bound} → ${more} lifts ${perSecond(rate)} to about ${perSecond(Math.min(reach, (rate * more) / bound))}, if what it calls takes it${until}${batches && `; or ${batches}`}`
  return {
    verdict: isSink ? 'sink-bound' : 'calls-full', severity: helps ? 'advice' : 'info', stage: id, cause: 'outside',
    message: `${isSink ? 'the sink ' : ''}'${id}' ${waits} ${percent(busy)} of the time${calls && calls.settled > 0 ? `, ${duration(calls.meanMs)} each` : ''}${at(stage)}`,
    advice,
    figures: {
      atBound: rounded(busy), rate: rounded(rate), predicted: rounded(Math.min(reach, bound === null ? reach : (rate * more) / bound)),
      ...(calls ? { inFlight: rounded(calls.average), callMs: rounded(calls.meanMs) } : {}),
      ...(bound === null ? {} : { concurrency: bound, suggested: more }),
      ...(other ? { next: other.stage ?? 'loop', nextRate: rounded(other.rate) } : {}),
    },
    confidence: walk?.confidence ?? busy,
  }
}

function sourceBound({ window, walk }: Evidence, stage: StageWindow, calling: number): Finding | undefined {
  const rate = (stage.out / window.ms) * 1000
  const confidence = walk?.confidence ?? calling
  // A generator that waits looks like one that works: a few values are no rate that anybody could raise.
  if (stage.out < A_RATE || calling < FULL) return waiting({ window, walk, walks: [], caps: [] }, stage)
  return {
    verdict: 'source-bound', severity: 'advice', stage: stage.id, cause: 'outside',
    message: `the source '${stage.id}' gives ${perSecond(rate)}, and all stages wait for it ${percent(calling)} of the time${at(stage)}`,
    advice: `read more at once, or several parts of '${stage.id}' side by side; more concurrency in the stages does not help`,
    figures: { rate: rounded(rate), calling: rounded(calling), readMs: rounded(stage.out > 0 ? (calling * window.ms) / stage.out : 0) },
    confidence,
  }
}

/** All is well: everything waits for the world outside to have something for it. */
function waiting({ window, walk }: Evidence, source: StageWindow | undefined = walk?.unit.stage): Finding | undefined {
  if (source === undefined || walk === undefined) return undefined
  const origin = walk.unit.members.find(({ kind }) => kind === 'source') ?? source
  const rate = (origin.out / window.ms) * 1000
  return {
    verdict: 'waiting', severity: 'info', stage: origin.id, cause: 'event',
    message: `everything waits for '${origin.id}', which gave ${origin.out === 0 ? 'nothing' : `${short(origin.out)} values`} in ${duration(window.ms)}`,
    advice: '', figures: { rate: rounded(rate), values: origin.out }, confidence: walk.confidence,
  }
}
