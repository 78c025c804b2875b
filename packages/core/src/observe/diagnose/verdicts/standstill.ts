import type { Finding } from '../diagnosis'
import type { Evidence, Look } from '../evidence'
import { stalledStage } from '../stalled'
import { duration, rounded } from '../wording'
import { at } from './cpu'

const STOP_MS = 5000
const CIRCLE_MS = 1000

/** Nothing moves: a call that does not come back, stages that wait for one another, a stop that does not end. */
export const standstill: Look = (evidence) => stopStuck(evidence) ?? stalled(evidence) ?? deadlock(evidence)

function stalled({ window }: Evidence): Finding | undefined {
  const found = window.now.status === 'running' ? stalledStage(window.now, window.before) : undefined
  if (found === undefined) return undefined
  const stage = window.byId.get(found.stage)
  return {
    verdict: 'stalled', severity: found.isSure ? 'problem' : 'advice', stage: found.stage, cause: found.cause, message: `${found.message}${stage ? at(stage) : ''}`,
    advice: found.cause === 'room' ? 'see that somebody takes what is put there' : `see what '${found.stage}' waits for, and give its calls a timeoutMs`,
    figures: { ...found.figures }, confidence: found.isSure ? 1 : 0.6,
  }
}

function deadlock({ window, walk }: Evidence): Finding | undefined {
  if (window.now.status !== 'running' || window.ms < CIRCLE_MS || walk?.end !== 'circle' || walk.path.length < 2) return undefined
  const quiet = window.stages.every((stage) => stage.out === 0 && stage.in === 0 && (stage.calls?.inFlight ?? 0) === 0)
  if (!quiet || window.stages.every((stage) => (stage.now.queue?.size ?? 0) === 0)) return undefined
  const names = walk.path.map(({ stage }) => stage.id)
  return {
    verdict: 'deadlock', severity: 'problem', stage: walk.unit.stage.id, cause: 'circle',
    message: `nothing has moved for ${duration(window.ms)}, and each stage waits for another: ${names.join(' waits for ')}`,
    advice: `give '${walk.unit.stage.id}' a buffer, or read all of its outputs side by side`,
    figures: { forMs: rounded(window.ms), circle: names.join(' ← ') }, confidence: walk.confidence,
  }
}

function stopStuck({ window }: Evidence): Finding | undefined {
  const { now, before } = window
  if (now.status !== 'stopping') return undefined
  const [slowest] = window.stages.filter(({ calls }) => (calls?.inFlight ?? 0) > 0).sort((a, b) => (b.calls?.oldestMs ?? 0) - (a.calls?.oldestMs ?? 0))
  const since = Math.max(before?.status === 'stopping' ? window.ms : 0, slowest?.calls?.oldestMs ?? 0)
  if (since < STOP_MS) return undefined
  const holder = slowest ?? [...window.stages].reverse().find(({ ended }) => !ended)
  return {
    verdict: 'stop-stuck', severity: 'problem', stage: holder?.id ?? null, cause: 'stop',
    message: `the run has been stopping for at least ${duration(since)}${holder ? `: '${holder.id}' has not ended${slowest?.calls ? `, ${slowest.calls.inFlight} calls under way` : ''}` : ''}`,
    advice: 'have the function listen to its signal, or stop with a shorter deadlineMs', figures: { forMs: rounded(since), inFlight: slowest?.calls?.inFlight ?? 0 }, confidence: 0.9,
  }
}
