/*
 * What a terminal shows of runs, and how they are stopped from there.
 */
export { formatReport } from './format-report'
export { showProgress, type ShowProgressOptions } from './show-progress'
export { stopOnSignal, type StopOnSignalOptions } from './stop-on-signal'
export { printable } from './text/printable'
export { showRuns, top, type TopOptions } from './top'
export { connectRuns } from './watch/connect-runs'
export type { FrameRuns } from './watch/frame-runs'
export { readRuns, type RecordedRuns } from './watch/read-runs'
export type { WatchedRun, WatchedRuns } from './watch/watched'
