import type { Finding } from '../diagnosis'
import type { Look } from '../evidence'
import type { StageWindow } from '../stage-window'
import { transfer } from './transfer'
import { percent, rounded, short } from '../wording'

const HALF = 0.5
const UNEVEN = 1.5
/** Fewer values say nothing of keys. */
const ENOUGH = 100

/** One of many that are served side by side is what the others wait for: a key, a subscriber, a thread. */
export const crowds: Look = ({ window }) => window.stages.flatMap((stage) => {
  const { detail } = stage.now
  return detail === null ? [] : [hotKey(stage), slowSubscriber(stage), unevenThreads(stage), transfer(window, stage)].filter((found) => found !== undefined)
})

function hotKey(stage: StageWindow): Finding | undefined {
  const { calls, now: { detail } } = stage
  const { hotKey: key, hotKeyWaiting = 0, waiting = 0 } = (detail ?? {}) as { readonly hotKey?: string; readonly hotKeyWaiting?: number; readonly waiting?: number }
  if (key === undefined || calls === null || calls.bound === null || calls.bound < 2 || waiting < 2) return undefined
  const share = hotKeyWaiting / waiting
  const free = calls.bound - calls.average
  if (share < HALF || free < calls.bound * 0.2 || stage.now.in < ENOUGH) return undefined
  return {
    verdict: 'hot-key', severity: 'advice', stage: stage.id, cause: key,
    message: `${percent(share)} of what waits at '${stage.id}' is of the key ${key}, and ${short(free)} of ${calls.bound} places are free`,
    advice: 'let more calls of one key run (perKey), divide by a finer key, or give that key a pipeline of its own; more concurrency does not help',
    figures: { key, share: rounded(share), waiting, freePlaces: rounded(free), concurrency: calls.bound }, confidence: share,
  }
}

function slowSubscriber({ id, shares, now: { detail } }: StageWindow): Finding | undefined {
  const { slowest, unread = 0, lag = 0, holds = 0 } = (detail ?? {}) as { readonly slowest?: string; readonly unread?: number; readonly lag?: number; readonly holds?: number }
  const waits = shares ? shares.calling + shares.backpressured : 0
  if (slowest === undefined || holds === 0 || waits < HALF) return undefined
  return {
    verdict: 'slow-subscriber', severity: 'advice', stage: id, cause: slowest,
    message: `the subscriber '${slowest}' is ${short(unread)} values behind, and '${id}' waits for it ${percent(waits)} of the time, with all other subscribers`,
    advice: `make '${slowest}' faster, or give it a policy that does not hold the others: drop-oldest, drop-newest, disconnect`,
    figures: { subscriber: slowest, unread, lag, waiting: rounded(waits) }, confidence: waits,
  }
}

function unevenThreads({ id, calls, now: { detail } }: StageWindow): Finding | undefined {
  const { threads = 0, busyMs = 0, busiestMs = 0 } = (detail ?? {}) as { readonly threads?: number; readonly busyMs?: number; readonly busiestMs?: number }
  if (threads < 2 || busyMs <= 0 || !calls || calls.started === 0) return undefined
  const times = busiestMs / (busyMs / threads)
  if (times <= UNEVEN || busiestMs < 500) return undefined
  return {
    verdict: 'threads-uneven', severity: 'advice', stage: id, cause: 'threads',
    message: `one of the ${threads} threads of '${id}' was at work ${percent(busiestMs / busyMs)} of the time that all of them were together`,
    advice: 'make items more alike (smaller ones), or use the unordered form, so that no thread waits for the results of another',
    figures: { threads, busiestShare: rounded(busiestMs / busyMs), timesMean: rounded(times) }, confidence: Math.min(1, times / 2),
  }
}
