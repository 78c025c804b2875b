import type { Run } from '@sluice/core'
import { declare, maybeFn, ms, onRunEnd, rule, watchRuns, watchWarnings, words } from '@sluice/core/authoring'
import { LEVELS, type Logger, type Write, writerTo } from './logger'
import { beginning, ending, failing, lossCount, losses, summary, type TellItem, warningLine } from './run-lines'

/** Options of {@link logTo}. */
export interface LogToOptions {
  /** Only this run. Default: all runs of the process that begin from now on. */
  readonly run?: Run<unknown> | undefined
  /** How often a run that is under way is summed up, in ms, and what it has lost is told. Default: never. */
  readonly everyMs?: number | undefined
  /** The level of lines about runs that begin, are under way, and complete. Default `'info'`. */
  readonly level?: 'debug' | 'info' | undefined
  /** How the item on which a run has failed is told. Default: not at all. */
  readonly tellItem?: TellItem | undefined
  /** Told where the logger fails. Default `'logTo'`. */
  readonly name?: string | undefined
}

const LOG_TO = /* @__PURE__ */ declare('logTo', () => ({
  args: {
    logger: rule<Logger>('a logger with debug, info, warn and error', (value) =>
      LEVELS.every((level) => typeof (value as Partial<Logger> | null | undefined)?.[level] === 'function')),
  },
  options: {
    run: rule<Run<unknown>>('a run', (value) => typeof (value as Partial<Run<unknown>> | null)?.stats === 'function').maybe(),
    everyMs: ms(1, 2 ** 31 - 1).maybe(), level: words('debug', 'info').or('info'), tellItem: maybeFn,
  },
}))

/**
 * Writes a line when a run begins, ends or fails, to a logger such as pino, or to the console.
 *
 * - `level` (`info`): the run begins, is under way (every `everyMs`), has completed, was aborted
 * - `warn`: it has completed, but values were skipped or became dead letters, or stages did not stop; with `everyMs` also while
 *   it is under way, when more were lost
 * - `warn`: what should not be, as `onWarning` has it: a stage stands still, the run is deadlocked, a stage drops values for lack of room, or
 *   blocks the event loop; with `warning` (the kind), `stage`, `site`, `figures` and `detail`. A run without `onWarning` then writes no such line
 *   to the console by itself
 * - `error`: it has failed: the error in `err`, with the stage, the way there and the attempt; never the item, unless `tellItem` says how
 *
 * Each line has the fields first and a constant sentence second, as pino wants them. A logger that throws fails no run.
 *
 * @param logger has the methods `debug`, `info`, `warn` and `error`.
 * @param options `run`, `everyMs` (in ms; default never), `level` (default `'info'`), `tellItem`, `name`.
 * @returns ends it, for the runs under way too; no effect from the second call on.
 * @throws OptionError where the logger or an option is wrong.
 *
 * @example
 * ```ts
 * import { logTo } from '@sluice/adapters/logging'
 * import { count, from } from 'sluice'
 *
 * const lines: string[] = []
 * const line = (fields: object, message: string) => { lines.push(message) }
 * const end = logTo({ debug: line, info: line, warn: line, error: line })
 * await from([1, 2]).to(count()).run({ name: 'orders' }) // 2
 * end()
 * lines // ['run begins', 'run completed']
 * ```
 */
export function logTo(logger: Logger, options: LogToOptions = {}): () => void {
  const { run: only, everyMs, level, tellItem, name } = LOG_TO.read(options, { logger })
  const write = writerTo(name, logger)
  const following = new Set<() => void>()
  let isOver = false
  const begin = (run: Run<unknown>): void => {
    write(level, beginning(run), 'run begins')
    const stop = everyMs === undefined ? () => {} : summing(run, everyMs, level, write)
    following.add(stop)
    onRunEnd(run, () => {
      stop()
      following.delete(stop)
      if (!isOver) tellEnd(run, level, tellItem, write)
    })
  }
  const unwarn = watchWarnings((warning) => {
    const { sentence, fields } = warningLine(warning)
    write('warn', fields, sentence)
  }, only)
  const unwatch = only === undefined ? watchRuns(begin) : () => {}
  if (only !== undefined) begin(only)
  return () => {
    isOver = true
    unwatch()
    unwarn()
    for (const stop of following) stop()
    following.clear()
  }
}

function tellEnd(run: Run<unknown>, level: 'debug' | 'info', tellItem: TellItem | undefined, write: Write): void {
  const { status } = run
  const stats = run.stats()
  const isImpaired = lossCount(stats) > 0 || run.unstopped.length > 0
  const fields = { ...ending(run), ...losses(stats) }
  if (status === 'failed') write('error', { ...fields, ...failing(run, tellItem) }, 'run failed')
  else write(isImpaired ? 'warn' : level, fields, status === 'aborted' ? 'run was aborted' : 'run completed')
}

/** Sums a run up again and again; answers what ends that. */
function summing(run: Run<unknown>, everyMs: number, level: 'debug' | 'info', write: Write): () => void {
  let told = 0
  const timer = setInterval(() => {
    const stats = run.stats()
    const count = lossCount(stats)
    if (count > told) write('warn', { run: run.name, ...losses(stats) }, 'values were given up')
    told = count
    write(level, summary(run), 'run is under way')
  }, everyMs)
  // Looking on keeps no process alive.
  ;(timer as { unref?: () => void }).unref?.()
  return () => { clearInterval(timer) }
}
