import type { Run } from '@sluice/core'
import { declare, maybeFn, ms, rule } from '@sluice/core/authoring'
import { careFor } from './screen/signals'
import { Screen } from './screen/screen'
import { writeTo } from '../write-to'
import { clip } from './text/cells'
import { History } from './view/history'
import { progressLine, type ProgressFigures } from './view/progress-line'
import { doneOf, hasEnded, rateOf } from './view/totals'

/** Options of {@link showProgress}. */
export interface ShowProgressOptions {
  /** What part of the work is done, 0 to 1. Without it, and without `total`, there is no bar. */
  readonly share?: (() => number) | undefined
  /** How many values there are to do: then the share follows from `count`. */
  readonly total?: number | undefined
  /** How many are done. Default: what the sinks have dealt with. */
  readonly count?: (() => number) | undefined
  /** What is counted, as in `'rows'`. Default `'values'`. */
  readonly unit?: string | undefined
  /** What else is to be said: put at the end of the line. Default: the queues that hold values. */
  readonly detail?: (() => string) | undefined
  /** Without a terminal: how often there is a line, in ms. Default 2,000. */
  readonly lineEveryMs?: number | undefined
  /** Where it is shown. Default `process.stdout`. */
  readonly stream?: NodeJS.WriteStream | undefined
}

const SHOW_PROGRESS = /* @__PURE__ */ declare('showProgress', () => ({ options: {
  share: maybeFn, count: maybeFn, detail: maybeFn,
  total: rule<number>('a number above 0', (value) => typeof value === 'number' && value > 0).maybe(),
  unit: rule<string>('a string', (value) => typeof value === 'string').or('values'),
  lineEveryMs: ms(50).or(2000),
  stream: rule<NodeJS.WriteStream>('a stream that can be written to', (value) => typeof (value as Partial<NodeJS.WriteStream> | null)?.write === 'function').maybe(),
} }))

/** How often the bar moves, in ms. */
const DRAW_MS = 125
/** The rate shown is the average over this time, in ms. */
const RATE_MS = 5000

/**
 * Shows on one line how far a run is: a bar with the share, the count, the rate, the time to go and the queues. What the program writes
 * by itself goes above it. Without a terminal there is a line every 2 s.
 *
 * It ends by itself when the run ends. It does not keep the process running.
 *
 * @param options see {@link ShowProgressOptions}.
 * @returns ends it; the last line stays. No effect from the second call on.
 * @throws OptionError for an option that is not allowed, or unknown.
 *
 * @example
 * ```ts
 * import { forEach, from } from 'sluice'
 * import { showProgress } from '@sluice/inspector'
 *
 * const run = from(orders).to(forEach(save)).run({ name: 'orders' })
 * showProgress(run, { total: orders.length, unit: 'orders' })
 * await run
 * ```
 */
export function showProgress(run: Run<unknown>, options?: ShowProgressOptions): () => void {
  const { lineEveryMs, stream = process.stdout, ...given } = SHOW_PROGRESS.read(options)
  const history = new History(RATE_MS)
  const figures = (): ProgressFigures => figuresOf(run, history, given)
  const screen = stream.isTTY ? new Screen(stream, stream === process.stdout && process.stderr.isTTY ? [process.stderr] : []) : undefined
  const draw = (): void => {
    if (screen) screen.draw([clip(progressLine(figures(), screen.ground.columns), screen.ground.columns)])
    else writeTo(stream, `${progressLine(figures(), undefined)}\n`)
  }
  const timer = setInterval(() => { if (hasEnded(run)) end(); else draw() }, screen ? DRAW_MS : lineEveryMs).unref()
  let hasLeft = false
  const end = (): void => {
    if (hasLeft) return
    hasLeft = true
    clearInterval(timer)
    forget()
    if (screen) draw()
    screen?.leave(true)
  }
  const forget = screen ? careFor({ leave: end, suspend: () => { screen.suspend() }, resume: () => { screen.resume() } }, process) : () => {}
  if (screen) {
    // A report that is written when the run has ended stands below the bar.
    screen.onOutput = () => { if (hasEnded(run)) end() }
    draw()
  }
  return end
}

function figuresOf(run: Run<unknown>, history: History, { share, total, count, unit, detail }: ShowProgressOptions & { readonly unit: string }): ProgressFigures {
  const stats = run.stats()
  history.add(stats)
  const done = count ? count() : doneOf(stats)
  const part = share ? share() : total === undefined ? undefined : done / total
  const seconds = stats.elapsedMs / 1000
  const rate = count ? (seconds > 0 ? done / seconds : 0) : rateOf(stats, hasEnded(stats) ? undefined : history.before(RATE_MS))
  return {
    share: part, done, unit, rate, ended: hasEnded(stats),
    leftMs: part !== undefined && part > 0 && part < 1 ? (stats.elapsedMs * (1 - part)) / part : undefined,
    detail: detail ? detail() : stats.stages.flatMap(({ name, queue }) => (queue?.capacity != null && queue.capacity > 1 && queue.size > 0 ? [`${name} ${queue.size}/${queue.capacity}`] : [])).join(', '),
  }
}
