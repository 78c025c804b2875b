import { type Operator } from '@sluice/core'
import { declare, described, finiteNumber, ms, operator, whole } from '@sluice/core/authoring'
import { timeWindows } from './time-windows'

const WINDOW_TIME = /* @__PURE__ */ declare('windowTime', () => ({ args: { ms: ms(SHORTEST_MS) }, options: { maxCount: whole(), everyMs: ms(SHORTEST_MS).maybe() } }), ({ maxCount }) => ({ holds: maxCount }))

/** Options of {@link windowTime}. */
export interface WindowTimeOptions {
  /** Values held at most, 1 or more: nothing is read while so many are. There is no default: it decides about memory. */
  readonly maxCount: number
  /** A window begins every so many ms, 0.001 to `ms`. Default `ms`: windows do not overlap. */
  readonly everyMs?: number | undefined
  readonly name?: string | undefined
}

/** No clock tells shorter times apart for long. */
const SHORTEST_MS = 0.001

/**
 * Groups values by the time they are read at, into windows that may overlap: tumbling where `everyMs` is `ms`, else
 * sliding. Time is the run's clock, counted from the first value; for the time a value tells of itself see
 * `windowEventTime`.
 *
 * - **emits** a window when its time is over; a window without a value is left out
 * - **holds back** when downstream does, and when `maxCount` values are held, until a window is over: a value that
 *   could not be read in time falls into a later window. Where full ones should rather go at once, see `batch` with
 *   `withinMs`
 * - **completes** when the source completes; values that were in no window yet make a last one, with those it shares
 * - **buffers** at most `maxCount` values
 * - **on failure** of the source, that last window comes first
 * - **on abort** what is held is given up; one timer at most, and only while something is held
 *
 * ```marble
 * in    a--b------c----|
 *       windowTime(5, { maxCount: 100 })
 * out   -----[a,b]-----[c]|
 * ```
 *
 * @param ms how long a window is, in ms, 0.001 or more.
 * @param options `maxCount` (required), `everyMs`, `name`.
 * @throws OptionError where an option is wrong or `maxCount` is missing.
 *
 * @example
 * ```ts
 * const lastMinute = windowTime<number>(60_000, { everyMs: 10_000, maxCount: 50_000 }) // told every ten seconds
 * await from([1, 2]).pipe(windowTime(1000, { maxCount: 100 })).to(toArray()).run() // [[1, 2]]
 * ```
 */
export function windowTime<A>(ms: number, options: WindowTimeOptions): Operator<A, A[]> {
  const given = WINDOW_TIME.read(options, { ms })
  const { name, maxCount } = given
  const everyMs = finiteNumber('windowTime', 'everyMs', given.everyMs ?? ms, SHORTEST_MS, ms)
  return described(WINDOW_TIME, { ...given, ms }, operator<A, A[]>(name, (upstream, stage) => timeWindows(upstream, stage, ms, everyMs, maxCount), { name }))
}
