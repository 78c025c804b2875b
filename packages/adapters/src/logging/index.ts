export { logTo, type LogToOptions } from './log-to'
export type { Logger, LogLine } from './logger'
export type { TellItem } from './run-lines'
