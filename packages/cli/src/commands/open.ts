import { statSync } from 'node:fs'
import { formatReport, printable, readRuns, showRuns } from '@sluice/inspector'
import type { Asked } from '../command-line'
import { UsageError } from '../usage-error'

/** Tells what a recording holds: each run as it was at the end, and what happened. */
export async function open({ words, options }: Asked): Promise<number> {
  const path = words[0] ?? ''
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) throw new UsageError(`No such file: ${path}`)
  const { runs, events } = await readRuns(path)
  if (options['top'] === true) {
    showRuns(runs, {})()
    return 0
  }
  for (const run of runs.list()) console.log(`${formatReport(run.stats())}\n`)
  for (const { at, text } of events) console.log(`${new Date(at).toISOString()}  ${printable(text)}`)
  return 0
}
