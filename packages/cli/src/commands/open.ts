import { statSync } from 'node:fs'
import { coded, messageOf } from '@sluice/core/authoring'
import { formatReport, printable, readRuns, showRuns, type RecordedRuns } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { say } from '../say'
import { UsageError } from '../usage-error'

/** Tells what a recording holds: each run as it was at the end, and what happened. */
export async function open({ words, options }: Asked): Promise<number> {
  const path = words[0] ?? ''
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw new UsageError(`${statSync(path, { throwIfNoEntry: false }) ? 'Not a file' : 'No such file'}: ${path}`)
  const recorded = await readRuns(path)
  if (!recorded.isWhole) process.stderr.write('The recording was cut off: this is how things stood then.\n')
  let report = ''
  try {
    if (options['top'] === true) showRuns(recorded.runs, {})()
    else report = reportOf(recorded)
  } catch (error) {
    // A recording is made by nobody knows whom: what it holds may make no sense.
    throw coded('SLUICE_ARGUMENT', new TypeError(`${path} is damaged: ${messageOf(error)}`, { cause: error }))
  }
  await say(report)
  return 0
}

function reportOf({ runs, events, earlierEvents }: RecordedRuns): string {
  const reports = runs.list().map((run) => `${formatReport(run.stats())}\n\n`)
  const lines = events.map(({ at, text }) => `${new Date(at).toISOString()}  ${printable(text)}\n`)
  if (reports.length === 0) reports.push('The recording holds no run.\n')
  if (earlierEvents > 0) lines.unshift(`${earlierEvents} earlier events are left out.\n`)
  return [...reports, ...lines].join('')
}
