import type { Run } from '@sluice/core'
import { declare, flagged, ms, rule } from '@sluice/core/authoring'
import { TopLines } from './top-lines'
import { TopScreen } from './top-screen'
import type { KeyStream } from './screen/keyboard'
import { allRuns, givenRuns } from './watch/local'
import type { WatchedRuns } from './watch/watched'

/** Options of {@link top}. */
export interface TopOptions {
  /** Lines of JSON, also on a terminal. Default false. */
  readonly json?: boolean | undefined
  /** How often the picture is drawn, in ms. Default 500. */
  readonly everyMs?: number | undefined
  /** Without a terminal: how often there is a line about each run, in ms. Default 10,000. */
  readonly lineEveryMs?: number | undefined
  /** Where it is shown. Default `process.stdout`. */
  readonly stream?: NodeJS.WriteStream | undefined
  /** Where keys come from. Default `process.stdin`. */
  readonly input?: NodeJS.ReadStream | undefined
}

const streamRule = rule<NodeJS.WriteStream>('a stream that can be written to', (value) => typeof (value as Partial<NodeJS.WriteStream> | null)?.write === 'function')
const inputRule = rule<KeyStream>('a stream that can be read', (value) => typeof (value as Partial<KeyStream> | null)?.on === 'function')

const TOP = /* @__PURE__ */ declare('top', () => ({ options: {
  json: flagged, everyMs: ms(50).or(500), lineEveryMs: ms(50).or(10_000), stream: streamRule.maybe(), input: inputRule.maybe(),
} }))

/**
 * Shows runs on the terminal: each stage with its rates, what it does with its time, its queue and what it has lost; and what holds the
 * run back. What the program writes by itself goes above the picture.
 *
 * Keys: `?` lists them. They are read only where the program does not read from the terminal by itself. Without a terminal there is
 * a line about each run every 10 s, for each new verdict, and at the end. Neither the picture nor its keys keep the process running; the
 * terminal is given back when the runs have ended, when the process ends, by whatever that is, and while it is stopped by Ctrl-Z. NO_COLOR
 * is heeded.
 *
 * @param runs a run, or several; all runs of the process that begin from now on where it is left out.
 * @param options see {@link TopOptions}.
 * @returns ends the picture; no effect from the second call on.
 * @throws OptionError for an option that is not allowed, or unknown.
 * @throws Error where the terminal shows a picture already.
 *
 * @example
 * ```ts
 * import { drain, from, mapAsync } from 'sluice'
 * import { top } from '@sluice/inspector'
 *
 * const run = from(ids).pipe(mapAsync(load, { concurrency: 8 })).to(drain()).run({ name: 'orders' })
 * top(run)
 * await run
 * ```
 */
export function top(runs?: Run<unknown> | readonly Run<unknown>[], options?: TopOptions): () => void {
  const given = TOP.read(options)
  return showRuns(runs === undefined ? allRuns() : givenRuns(Array.isArray(runs) ? (runs as readonly Run<unknown>[]) : [runs as Run<unknown>]), given)
}

/**
 * The same as {@link top} for runs of another process or of a recording.
 *
 * @param watched what `connectRuns` or `readRuns` answered.
 * @param options see {@link TopOptions}.
 * @param left called once, when the terminal was given back.
 * @returns ends the picture; no effect from the second call on.
 * @throws Error where the terminal shows a picture already.
 *
 * @example
 * ```ts
 * import { connectRuns, inspectedProcesses, showRuns } from '@sluice/inspector'
 *
 * const [found] = inspectedProcesses()
 * if (found) showRuns(await connectRuns(found.url))
 * ```
 */
export function showRuns(watched: WatchedRuns, options: TopOptions = {}, left: () => void = () => {}): () => void {
  const { json = false, everyMs = 500, lineEveryMs = 10_000, stream = process.stdout, input = process.stdin } = options
  if (json || !stream.isTTY) {
    const lines = new TopLines(watched, { stream, host: process }, { everyMs, lineEveryMs, json }, left)
    return () => { lines.leave() }
  }
  const others = stream === process.stdout && process.stderr.isTTY ? [process.stderr] : []
  const screen = new TopScreen(watched, { stream, others, input, host: process, env: process.env }, everyMs, left)
  return () => { screen.leave(true) }
}
