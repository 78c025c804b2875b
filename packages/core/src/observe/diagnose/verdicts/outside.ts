import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import type { StageWindow } from '../stage-window'
import { duration, percent, perSecond, rounded, short } from '../wording'
import { MOST } from '../what-if'
import { at } from './cpu'
import { saturated } from './saturated'

const FULL = 0.8
/** From here on a source that is read ahead would make the run a fifth faster, and more. */
const MUCH = 0.5
/** From so many of its calls on that fail, more of them are no help. */
const FAILING = 0.5
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
  return busy > FULL ? saturated(evidence, stage, busy) ?? callsFull(evidence, stage, busy) : undefined
}

function callsFull({ window, caps, walk }: Evidence, stage: StageWindow, busy: number): Finding {
  const { id, calls, kind } = stage
  const isSink = kind === 'sink'
  const rate = (window.read / window.ms) * 1000
  const bound = calls?.bound ?? null
  // Of two that stand beside one another neither is next.
  const other = caps.find((cap) => cap.stage === null || window.isBefore(cap.stage, id) || window.isBefore(id, cap.stage))
  const reach = Math.min(other?.rate ?? Infinity, rate * MOST)
  const gain = rate > 0 ? reach / rate : MOST
  const more = bound === null ? 0 : Math.ceil(bound * Math.min(gain, MOST))
  const helps = gain >= GAIN
  const failing = calls && calls.settled > 0 ? stage.errors / calls.settled : 0
  const until = other && other.rate < rate * MOST ? `, until ${other.stage === null ? 'the event loop' : `'${other.stage}'`} at ${perSecond(other.rate)} is next` : ''
  const waits = bound === null || bound === 1 ? `waits for its ${isSink ? 'writes' : 'calls'}` : `has all ${bound} of its calls out`
  const perCall = calls && calls.settled > 0 ? stage.in / calls.settled : 0
  const handsOver = stage.now.detail?.['readers'] !== undefined
  if (isSink && handsOver) return handedOver(stage, busy, rate, walk?.confidence ?? busy)
  const batches = isSink && perCall <= 2 ? 'write more values at once (batch)' : ''
  const advice = !helps ? ''
    : failing > FAILING ? `see why its calls fail first (errors, timeoutMs): more of them at once only fail sooner`
    : rate <= 0 ? `see what '${id}' waits for: nothing has come out of it`
    : bound === null ? batches || `make what '${id}' waits for quicker`
    : `concurrency ${bound} → ${more} lifts ${perSecond(rate)} to about ${perSecond(Math.min(reach, (rate * more) / bound))}, if what it calls takes it${until}${batches && `; or ${batches}`}`
  return {
    verdict: isSink ? 'sink-bound' : 'calls-full', severity: helps ? 'advice' : 'info', stage: id, cause: 'outside',
    message: `${isSink ? 'the sink ' : ''}'${id}' ${waits} ${percent(busy)} of the time${calls && calls.settled > 0 ? `, ${duration(calls.meanMs)} each` : ''}${failing > FAILING ? `, and ${percent(Math.min(1, failing))} of them fail` : ''}${at(stage)}`,
    advice,
    figures: {
      atBound: rounded(busy), rate: rounded(rate), predicted: rounded(Math.min(reach, bound === null ? reach : (rate * more) / bound)),
      ...(calls ? { inFlight: rounded(calls.average), callMs: rounded(calls.meanMs) } : {}), ...(failing > 0 ? { failing: rounded(Math.min(1, failing)) } : {}),
      ...(bound === null ? {} : { concurrency: bound, suggested: more }),
      ...(other ? { next: other.stage ?? 'loop', nextRate: rounded(other.rate) } : {}),
    },
    confidence: walk?.confidence ?? busy,
  }
}

/** A sink that fills a queue waits for whoever takes: neither more writes at once nor larger ones help. */
function handedOver(stage: StageWindow, busy: number, rate: number, confidence: number): Finding {
  const { readers = 0, reader } = (stage.now.detail ?? {}) as { readonly readers?: number; readonly reader?: string }
  const who = reader === undefined ? 'what takes from there' : `'${reader}'`
  return {
    verdict: 'sink-bound', severity: 'advice', stage: stage.id, cause: reader ?? 'room',
    message: `the sink '${stage.id}' waits ${percent(busy)} of the time for room where it puts its values: ${reader === undefined ? 'no run takes them' : `${who} takes ${perSecond(rate)}`}${at(stage)}`,
    advice: `make ${who} faster, or let several take side by side; a larger queue only adds waiting`,
    figures: { waiting: rounded(busy), rate: rounded(rate), readers, ...(reader === undefined ? {} : { reader }) }, confidence,
  }
}

function sourceBound({ window, walk }: Evidence, stage: StageWindow, calling: number): Finding | undefined {
  const rate = (stage.out / window.ms) * 1000
  const confidence = walk?.confidence ?? calling
  // A generator that waits looks like one that works: a few values are no rate that anybody could raise.
  if (stage.out < A_RATE || calling < MUCH) return waiting({ window, walk, walks: [], caps: [] }, stage)
  return {
    verdict: 'source-bound', severity: 'advice', stage: stage.id, cause: 'outside',
    message: `the source '${stage.id}' gives ${perSecond(rate)}, and all stages wait for it ${percent(calling)} of the time${at(stage)}`,
    advice: `${calling < FULL ? `read ahead while the stages behind work (buffer), ` : ''}read more at once, or several parts of '${stage.id}' side by side; more concurrency in the stages does not help`,
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
