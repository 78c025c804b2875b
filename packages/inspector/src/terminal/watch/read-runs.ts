import { coded, messageOf } from '@sluice/core/authoring'
import { readRecording } from '../../recording/read-recording'
import type { EventFrame } from '../../wire/frames'
import { FrameRuns } from './frame-runs'

/** How many events are kept, the latest: a recording may hold hours. */
const MOST_EVENTS = 10_000

/** What a recording holds. */
export interface RecordedRuns {
  /** As they were at the end. */
  readonly runs: FrameRuns
  /** What happened, at most the latest 10,000. */
  readonly events: readonly EventFrame[]
  /** How many events came before those. */
  readonly earlierEvents: number
  /** False where the recording was cut off, or is damaged: what came later is not known. */
  readonly isWhole: boolean
}

/**
 * The runs of a recording as they were at its end, and what happened.
 *
 * @param path of a file that `record` has written, or that the page has saved.
 * @throws Error where the file cannot be read; TypeError where it is no recording, one of another version, or damaged.
 *
 * @example
 * ```ts
 * import { formatReport, readRuns } from '@sluice/inspector'
 *
 * const { runs } = await readRuns('run.sluice.gz')
 * for (const run of runs.list()) console.log(formatReport(run.stats()))
 * ```
 */
export async function readRuns(path: string): Promise<RecordedRuns> {
  const runs = new FrameRuns()
  const events: EventFrame[] = []
  let count = 0
  const frames = readRecording(path)
  let next = await frames.next()
  for (; next.done !== true; next = await frames.next()) {
    const frame = next.value
    try {
      runs.take(frame)
    } catch (error) {
      await frames.return(false)
      throw coded('SLUICE_ARGUMENT', new TypeError(`${path} is damaged: ${messageOf(error)}`))
    }
    if (frame.t === 'event') events[count++ % MOST_EVENTS] = frame
  }
  runs.end(undefined)
  const oldest = count % MOST_EVENTS
  const inOrder = count > MOST_EVENTS ? [...events.slice(oldest), ...events.slice(0, oldest)] : events
  return { runs, events: inOrder, earlierEvents: count - inOrder.length, isWhole: next.value }
}
