/*
 * See pipelines at work. The page and its server stand in `server`, pictures of a graph in `export`, what a terminal shows in `terminal`.
 */
export { announce, inspectedProcesses, type Found } from './discovery'
export type { DrawOptions } from './export/direction'
export { toDot } from './export/to-dot'
export { toMermaid } from './export/to-mermaid'
export { toSvg, type SvgOptions } from './export/to-svg'
export { readRecording } from './recording/read-recording'
export { inspect, type Inspector } from './server/inspect'
export type { InspectOptions } from './server/inspect-options'
export type { Redact } from './values/shown'
export type { DeltaFrame, EventFrame, FailuresFrame, Finding, Frame, FullFrame, Hello, LimitFigures, ProcessFigures, RunsFrame, RunSummary, Series, ShownFailure, ShownItemFailure, TapFrame } from './wire/frames'
export * from './terminal'
