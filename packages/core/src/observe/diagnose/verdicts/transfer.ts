import type { Finding } from '../diagnosis'
import type { StageWindow } from '../stage-window'
import type { Window } from '../window'
import { percent, rounded, short } from '../wording'

const HALF = 0.5
/** What comes back from threads is read outside of all turns: it shows as work that no stage has done. */
const READ = 0.2

/** What to do where handing values over is the work. */
export const LESS_TO_COPY = 'hand buffers over instead of copying them (transferList), send less, or do the work here'

/** Whether the work of a stage is done on threads: then what it does on this one is handing values over. */
export function isThreaded({ now: { detail } }: StageWindow): boolean {
  return detail?.['threads'] !== undefined
}

/** What a stage with threads works itself is copying values: in its turns what it sends, outside of them what it is sent. */
export function transfer({ loop, stages }: Window, stage: StageWindow): Finding | undefined {
  const { id, working, workingMs, calls } = stage
  if (!isThreaded(stage) || !calls || calls.started === 0) return undefined
  const read = loop.foreign > READ && stages.filter((other) => other.calls !== null).length === 1 ? loop.foreign : 0
  if (working + read < HALF || stages.some((other) => other.working > working)) return undefined
  const each = (working > 0 ? workingMs / working : 0) * (working + read) / calls.started
  return {
    verdict: 'threads-transfer', severity: 'advice', stage: id, cause: 'transfer',
    message: `'${id}' is on the CPU ${percent(working + read)} of the time to copy values to its threads and back, ${short(each)} ms each`,
    advice: LESS_TO_COPY,
    figures: { working: rounded(working), read: rounded(read), msPerValue: rounded(each) }, confidence: Math.min(1, working + read),
  }
}
