/** A method of a logger: what is told, and one sentence. */
export type LogLine = (fields: Readonly<Record<string, unknown>>, message: string) => void

/** What pino and its like have; the console has it, too. */
export interface Logger {
  readonly debug: LogLine
  readonly info: LogLine
  readonly warn: LogLine
  readonly error: LogLine
}

/** How much a line matters. */
export type Level = keyof Logger

export const LEVELS: readonly Level[] = ['debug', 'info', 'warn', 'error']

/** Writes a line. */
export type Write = (level: Level, fields: Readonly<Record<string, unknown>>, message: string) => void

/**
 * Writes to a logger. One that throws keeps no run from going on: it is written to no more, and the console says why, once.
 *
 * The console has the sentence first, as people read it.
 */
export function writerTo(owner: string, logger: Logger): Write {
  const isConsole = (logger as unknown) === console
  let isBroken = false
  return (level, fields, message) => {
    if (isBroken) return
    try {
      if (isConsole) console[level](message, fields)
      else logger[level](fields, message)
    } catch (error) {
      isBroken = true
      console.error(`${owner}: the logger failed, and is given no more lines:`, error)
    }
  }
}
