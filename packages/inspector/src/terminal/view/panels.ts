import type { StageCauses, StageStats } from '@sluice/core'
import { callTime, count, duration, percent, short } from '../text/figures'
import { printable } from '../text/printable'
import { KEYS, type Looks } from './looks'
import type { RunPicture } from './picture'
import type { Row } from './rows'
import { LETTERS, STATES } from './shares'
import { nameOf } from './stage-table'
import { limitsOf } from './what-if'

/** The lines below the stages, as the user has asked for. */
export function panel(looks: Looks, picture: RunPicture, picked: Row | undefined): string[] {
  switch (looks.panel) {
    case 'none': return []
    case 'keys': return ['', ...KEYS.map(([key, does]) => `  ${key.padEnd(6)} ${does}`), `  States: ${STATES.map((state) => `${LETTERS[state]} ${state}`).join(', ')}`]
    case 'stage': return ['', ...(picked ? stagePanel(picked) : ['No stage is picked.'])]
    case 'failures': return ['', ...failuresPanel(picture)]
    case 'what-if': return ['', ...limitsOf(picture)]
  }
}

function stagePanel(row: Row): string[] {
  const { steps, shares, queue } = row
  const states = shares ? STATES.filter((state) => shares[state] >= 0.005).map((state) => `${LETTERS[state]} ${percent(shares[state])}`).join('  ') : 'has no clock'
  return [
    `${nameOf(row)}  ${states}`,
    ...steps.map((step) => `  ${printable(step.name, 60)}${step.site === null ? '' : `  ${printable(step.site, 200)}`}  ${stepFigures(step, steps)}`),
    ...steps.flatMap(callLines),
    ...(queue ? [`  queue: ${count(queue.size)}${queue.capacity === null ? '' : ` of ${count(queue.capacity)}`}, at most ${count(queue.highWater)} so far${queue.oldestMs === null ? '' : `, the oldest ${duration(queue.oldestMs)}`}`] : []),
    ...steps.flatMap(({ causes }) => (causes ? causeLines(causes) : [])),
  ]
}

function stepFigures({ in: taken, out, fates, retries, errors, deadLettered, workingMs }: StageStats, steps: readonly StageStats[]): string {
  const whole = steps.reduce((sum, step) => sum + step.workingMs, 0)
  return [
    `in ${count(taken)}`, `out ${count(out)}`,
    ...(whole > 0 && steps.length > 1 ? [`${percent(workingMs / whole)} of the work`] : []),
    ...(fates.dropped > 0 ? [`dropped ${count(fates.dropped)}`] : []), ...(errors > 0 ? [`errors ${count(errors)}`] : []),
    ...(retries > 0 ? [`retries ${count(retries)}`] : []), ...(deadLettered > 0 ? [`dead letters ${count(deadLettered)}`] : []),
  ].join('  ')
}

function callLines({ calls }: StageStats): string[] {
  if (calls === null || calls.started === 0) return []
  const { inFlight, concurrency, peakInFlight, serviceMs, oldestMs } = calls
  return [
    `  calls: ${count(inFlight)}${concurrency === null ? '' : ` of ${count(concurrency)}`} under way, at most ${count(peakInFlight)} so far${oldestMs === null ? '' : `, the oldest for ${duration(oldestMs)}`}`,
    ...(serviceMs ? [`  a call takes: p50 ${callTime(serviceMs.p50)}  p95 ${callTime(serviceMs.p95)}  p99 ${callTime(serviceMs.p99)}  at most ${callTime(serviceMs.max)}`] : []),
  ]
}

function causeLines({ limited, blocked }: StageCauses): string[] {
  const line = (head: string, causes: Readonly<Record<string, number>>): string[] => {
    const most = Object.entries(causes).sort(([, a], [, b]) => b - a).slice(0, 4)
    return most.length > 0 ? [`  ${head} ${most.map(([name, ms]) => `${printable(name, 60)} ${duration(ms)}`).join(', ')}`] : []
  }
  return [...line('limited by', limited), ...line('blocked by', blocked)]
}

/** How many stages with failures are listed. */
const MOST_STAGES = 12

function failuresPanel({ stats, failure }: RunPicture): string[] {
  const { totals } = stats
  const troubled = stats.stages.filter(({ errors, retries, fates }) => errors + retries + fates.failed + fates.skipped + fates.deadLettered + fates.dropped > 0)
  const reasons = (['dropped', 'skipped', 'deadLettered', 'failed'] as const).flatMap((fate) =>
    Object.entries(totals.reasons[fate]).map(([reason, values]) => `  ${fate === 'deadLettered' ? 'dead letters' : fate}: ${count(values)} by ${printable(reason, 80)}`))
  if (failure === undefined && troubled.length === 0 && reasons.length === 0) return ['No failures, and nothing is lost.']
  return [
    ...(failure === undefined ? [] : [printable(failure)]),
    ...troubled.slice(0, MOST_STAGES).map(({ name, errors, retries, fates }) =>
      `  ${printable(name, 60)}: ${[['errors', errors], ['retries', retries], ['skipped', fates.skipped], ['dead letters', fates.deadLettered], ['failed', fates.failed], ['dropped', fates.dropped]]
        .filter(([, values]) => (values as number) > 0).map(([what, values]) => `${what} ${short(values as number)}`).join(', ')}`),
    ...(troubled.length > MOST_STAGES ? [`  and ${troubled.length - MOST_STAGES} stages more`] : []),
    ...reasons.slice(0, MOST_STAGES),
  ]
}
