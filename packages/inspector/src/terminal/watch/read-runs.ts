import { readRecording } from '../../recording/read-recording'
import type { EventFrame } from '../../wire/frames'
import { FrameRuns } from './frame-runs'

/** How many events are kept: a recording may hold hours. */
const MOST_EVENTS = 10_000

/**
 * The runs of a recording as they were at its end, and what happened.
 *
 * @param path of a file that `record` has written, or that the page has saved.
 * @throws Error where the file cannot be read; TypeError where it is no recording, or one of another version.
 *
 * @example
 * ```ts
 * import { formatReport, readRuns } from '@sluice/inspector'
 *
 * const { runs } = await readRuns('run.sluice.gz')
 * for (const run of runs.list()) console.log(formatReport(run.stats()))
 * ```
 */
export async function readRuns(path: string): Promise<{ readonly runs: FrameRuns; readonly events: readonly EventFrame[] }> {
  const runs = new FrameRuns()
  const events: EventFrame[] = []
  for await (const frame of readRecording(path)) {
    runs.take(frame)
    if (frame.t === 'event' && events.length < MOST_EVENTS) events.push(frame)
  }
  runs.end(undefined)
  return { runs, events }
}
