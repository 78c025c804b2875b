import { constants } from 'node:os'
import { AbortError, type Run } from '@sluice/core'
import { declare, ms, rule } from '@sluice/core/authoring'
import { writeTo } from '../write-to'
import { hasEnded } from './view/totals'

/** Options of {@link stopOnSignal}. */
export interface StopOnSignalOptions {
  /** How long a graceful stop may take, in ms: then what is left is cut off. Default 10,000. */
  readonly deadlineMs?: number | undefined
  /** Default `['SIGINT', 'SIGTERM']`. */
  readonly signals?: readonly NodeJS.Signals[] | undefined
  /** Is given each line that is said. Default: `process.stderr`. */
  readonly say?: ((line: string) => void) | undefined
}

const STOP_ON_SIGNAL = /* @__PURE__ */ declare('stopOnSignal', () => ({ options: {
  deadlineMs: ms().or(10_000),
  signals: rule<readonly NodeJS.Signals[]>('a list of names of signals', (value) => Array.isArray(value) && value.length > 0 && value.every((name) => Object.hasOwn(constants.signals, name as string))).or(['SIGINT', 'SIGTERM'] as const),
  say: rule<(line: string) => void>('a function', (value) => typeof value === 'function').maybe(),
} }))

/**
 * Ctrl-C, and a SIGTERM, stop runs gracefully: sources end, what was read is dealt with. A second one aborts the runs, and a third one
 * ends the process at once. Each says what it does.
 *
 * A signal that comes when all runs have ended does what it would do without this.
 *
 * @param runs a run, or several.
 * @param options see {@link StopOnSignalOptions}.
 * @returns ends the listening, and answers whether a signal has come.
 * @throws OptionError for an option that is not allowed, or unknown.
 *
 * @example
 * ```ts
 * import { forEach, from } from 'sluice'
 * import { stopOnSignal } from '@sluice/inspector'
 *
 * const run = from(orders).to(forEach(save)).run({ name: 'orders' })
 * const forget = stopOnSignal(run, { deadlineMs: 30_000 })
 * await run
 * const wasStopped = forget()
 * ```
 */
export function stopOnSignal(runs: Run<unknown> | readonly Run<unknown>[], options?: StopOnSignalOptions): () => boolean {
  const { deadlineMs, signals, say = sayOnError } = STOP_ON_SIGNAL.read(options)
  const all = (Array.isArray(runs) ? runs : [runs]) as readonly Run<unknown>[]
  let count = 0
  const listener = (signal: NodeJS.Signals): void => {
    const atWork = all.filter((run) => !hasEnded(run))
    if (atWork.length === 0) {
      end()
      if (process.listenerCount(signal) === 0) process.kill(process.pid, signal)
      return
    }
    const again = signal === 'SIGINT' ? 'Ctrl-C' : signal
    switch (++count) {
      case 1:
        say(`Stopping ${namesOf(atWork)}: what was begun is finished first, in ${deadlineMs / 1000} s at most. ${again} again aborts.`)
        for (const run of atWork) void run.stop({ deadlineMs })
        return
      case 2:
        say(`Aborting ${namesOf(atWork)}. ${again} again ends the process at once.`)
        for (const run of atWork) void run.abort(new AbortError(`${run.name} was aborted by a second ${signal}`))
        return
      default:
        say('Ending the process.')
        process.exit(128 + constants.signals[signal])
    }
  }
  const end = (): boolean => {
    for (const signal of signals) process.off(signal, listener)
    return count > 0
  }
  for (const signal of signals) process.on(signal, listener)
  return end
}

function sayOnError(line: string): void {
  writeTo(process.stderr, `\n${line}\n`)
}

function namesOf(runs: readonly Run<unknown>[]): string {
  return runs.map(({ name }) => `'${name}'`).join(', ')
}
