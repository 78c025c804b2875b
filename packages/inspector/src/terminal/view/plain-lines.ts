import { short } from '../text/figures'
import { printable } from '../text/printable'
import type { RunPicture } from './picture'
import { doneOf, hasEnded, lostOf, rateOf } from './totals'

/** A run on one line of text, for logs: `orders 206/s done=88120 lost=0 worst=enrich:calls-full`. */
export function plainLine({ stats, before, finding, failure }: RunPicture): string {
  const { totals, status } = stats
  return [
    printable(stats.name, 60),
    ...(hasEnded(stats) || status !== 'running' ? [status] : []),
    `${short(rateOf(stats, hasEnded(stats) ? undefined : before))}/s`,
    `done=${doneOf(stats)}`, `lost=${lostOf(stats)}`,
    ...(totals.deadLettered > 0 ? [`dead=${totals.deadLettered}`] : []), ...(totals.failed > 0 ? [`failed=${totals.failed}`] : []),
    ...(finding && !finding.isQuiet ? [`worst=${finding.stage === undefined ? '' : `${printable(finding.stage, 60)}:`}${finding.verdict}`] : []),
    ...(failure === undefined ? [] : [printable(failure)]),
  ].join(' ')
}

/** The verdict on one line, where there is one: it is told when it comes up. */
export function plainFinding({ stats, finding }: RunPicture): string | undefined {
  return finding === undefined || finding.isQuiet ? undefined : `${printable(stats.name, 60)} ${finding.verdict}: ${finding.text}`
}

/** A run as a line of JSON. */
export function jsonLine({ stats, before, finding, failure }: RunPicture): string {
  const { name, status, elapsedMs, totals } = stats
  return JSON.stringify({
    run: name, status, elapsedMs: Math.round(elapsedMs), rate: Number(rateOf(stats, hasEnded(stats) ? undefined : before).toFixed(3)),
    done: doneOf(stats), lost: lostOf(stats), deadLettered: totals.deadLettered, failed: totals.failed,
    verdict: finding?.verdict ?? null, stage: finding?.stage ?? null, message: finding?.text ?? null, failure: failure ?? null,
  })
}
