import type { RunStats, RunStatus } from '@sluice/core'
import { clip, widthOf, wrap } from '../text/cells'
import { bytes, count, duration, percent, short } from '../text/figures'
import type { Paint } from '../text/paint'
import { printable } from '../text/printable'
import type { Looks } from './looks'
import type { RunPicture } from './picture'
import { doneOf, hasEnded, lostOf, rateOf } from './totals'

const SIGNS: Readonly<Record<RunStatus, string>> = { running: '▶', paused: '❚❚', stopping: '▼', completed: '✔', failed: '✖', aborted: '■' }

/** The lines above the stages: the run, how it is, and what holds it back. */
export function header(picture: RunPicture, looks: Looks, columns: number, paint: Paint): string[] {
  const { stats, before, finding, failure } = picture
  const { status, totals, elapsedMs } = stats
  const parts = [
    `${SIGNS[status]} ${hasEnded(stats) ? `${status} after ${duration(elapsedMs)}` : `${short(rateOf(stats, before))}/s`}`,
    `${count(doneOf(stats))} done`,
    ...(status === 'running' || hasEnded(stats) ? [] : [status]),
    `${count(lostOf(stats))} lost`,
    ...(totals.deadLettered > 0 ? [`${count(totals.deadLettered)} dead`] : []),
    ...(totals.failed > 0 ? [`${count(totals.failed)} failed`] : []),
    ...processParts(stats),
    ...(looks.isFrozen ? ['FROZEN'] : []),
  ]
  const keys = '? keys'
  const name = clip(printable(stats.name, 60), Math.max(8, Math.floor(columns / 3)))
  // Parts that do not fit are left out from the right: the first ones matter most.
  let text = ''
  for (const part of parts) {
    if (widthOf(name) + 1 + widthOf(text) + 2 + widthOf(part) > columns) break
    text += text === '' ? part : `  ${part}`
  }
  const space = columns - widthOf(name) - 1 - widthOf(text)
  const right = space >= widthOf(keys) + 2 ? ' '.repeat(space - widthOf(keys)) + paint('dim', keys) : ''
  return [`${paint('bold', name)} ${text}${right}`, ...says(finding, failure, columns, paint)]
}

/** How many lines a finding may take. */
const MOST_LINES = 3

/** At least one line, so that the stages do not jump when there is something to say. */
function says(finding: RunPicture['finding'], failure: string | undefined, columns: number, paint: Paint): string[] {
  if (failure !== undefined) return wrap(`✖ ${printable(failure)}`, columns, MOST_LINES).map((line) => paint('alarm', line))
  if (finding === undefined) return ['']
  if (finding.isQuiet) return [paint('dim', clip(`· ${finding.text}`, columns))]
  return wrap(`⚠ ${finding.text}`, columns, MOST_LINES).map((line) => paint('alarm', line))
}

function processParts({ process: { loopUtilization, heapUsedBytes, heapLimitBytes } }: RunStats): string[] {
  return [
    ...(loopUtilization === null ? [] : [`loop ${percent(loopUtilization)}`]),
    ...(heapUsedBytes === null ? [] : [`heap ${bytes(heapUsedBytes)}${heapLimitBytes === null ? '' : ` of ${bytes(heapLimitBytes)}`}`]),
  ]
}
