import { type Operator, type StageOptions } from '@sluice/core'
import { answeredNumber, decision, declare, described, DONE, finiteNumber, fn, maybeFn, ms, operator, type Tickets, whole, wholeNumber } from '@sluice/core/authoring'
import { EventWindows, type EventWindow } from './event-windows'
import { Guarded } from './guarded'

/** The options, each there that has a default. */
type Given<A> = WindowEventTimeOptions<A> & { readonly name: string; readonly latenessMs: number }

const WINDOW_EVENT_TIME = /* @__PURE__ */ declare('windowEventTime', () => ({ options: { sizeMs: ms(Number.MIN_VALUE), everyMs: ms(Number.MIN_VALUE).maybe(), time: fn, latenessMs: ms().or(0), maxWindows: whole(), maxCount: whole(), onLate: maybeFn, onError: decision } }), ({ maxWindows, maxCount }) => ({ drops: 'surplus', holds: maxWindows * maxCount }))

/** Options of {@link windowEventTime}. */
export interface WindowEventTimeOptions<A> extends StageOptions<A> {
  /** How long a window is, in ms, above 0. Windows begin at multiples of `everyMs`, so they are the same in every run. */
  readonly sizeMs: number
  /** A window begins every so many ms, above 0 and at most `sizeMs`. Default `sizeMs`: windows do not overlap. */
  readonly everyMs?: number | undefined
  /** When a value happened, in ms since whenever, at most 2^50 windows away from that; called once per value. */
  readonly time: (value: A) => number
  /** By how much a value may be older than the newest one before it, and still be counted, in ms. Default 0. */
  readonly latenessMs?: number | undefined
  /** Windows open at once, at least as many as one value is in. There is no default: it decides about memory. */
  readonly maxWindows: number
  /** Values in a window; one with more of them comes in parts. There is no default: it decides about memory. */
  readonly maxCount: number
  /** Told of every value that came too late for all of its windows; they are counted in any case. */
  readonly onLate?: ((value: A) => void) | undefined
}

/**
 * Groups values by the time they tell of themselves, whatever order they come in: tumbling where `everyMs` is `sizeMs`,
 * else sliding.
 *
 * The *watermark* is the newest time seen, less `latenessMs`: no value from before it is waited for. A window is over
 * when the watermark has reached its end; a value all of whose windows are over is *late*.
 *
 * - **emits** `{ start, end, values }` when a window is over, the earliest first; values are in the order they came in.
 *   A window without a value is left out; one that has `maxCount` is handed on at once, and what comes after that makes
 *   a further part of it
 * - **holds back** when downstream does
 * - **completes** when the source completes and the windows that are open are out
 * - **buffers** at most `maxWindows` times `maxCount` values. Where a value needs one window too many, the earliest is
 *   over: the watermark goes on to its end
 * - **on failure** of the source or of a function, the windows that are open are handed on first; about `time` and
 *   `onLate` decides `onError`
 * - **on abort** what is held is given up
 *
 * Late values are dropped, which counts as dealt with. It needs no timer: while no value comes, no window is over.
 *
 * ```marble
 * in    1-4-12-3-23-|
 *       windowEventTime({ sizeMs: 10, time: (ms) => ms, latenessMs: 5, ... })
 * out   ---------[1,4,3]-[12]-[23]|
 * ```
 *
 * @param options `sizeMs`, `time`, `maxWindows`, `maxCount` (required), `everyMs`, `latenessMs`, `onLate`, `name`,
 * `onError`.
 * @throws OptionError where an option is wrong or missing.
 *
 * @example
 * ```ts
 * const perTen = windowEventTime({ sizeMs: 10, time: (ms: number) => ms, latenessMs: 5, maxWindows: 3, maxCount: 100 })
 * await from([1, 12, 3, 23]).pipe(perTen, map(({ start, values }) => [start, values])).to(toArray()).run() // [[0, [1, 3]], [10, [12]], [20, [23]]]
 * ```
 */
export function windowEventTime<A>(options: WindowEventTimeOptions<A>): Operator<A, EventWindow<A>> {
  const given = WINDOW_EVENT_TIME.read(options)
  const { bounds, timeOf, onLate, name, onError } = check<A>(given)
  return described(WINDOW_EVENT_TIME, given, operator<A, EventWindow<A>>(
    name,
    (upstream, stage) => {
      const tickets: Tickets = []
      const windows = new EventWindows<A>(stage, bounds)
      // What the function answers is the time of the value, or that it is late.
      const values = new Guarded<A, number | 'late'>(upstream, stage, (value) => {
        const time = timeOf(value)
        if (!windows.makeWay(time)) return time
        onLate?.(value)
        return 'late'
      }, onError)

      return {
        tickets,
        pull(into, limit) {
          let written = 0
          for (let turns = stage.scope.scheduler.batch; written < limit && turns > 0; turns--) {
            const found = values.peek()
            // Before a value is added, whatever is over goes; at the end, all does.
            if (windows.handOver(into, written, tickets, found === DONE)) {
              written++
            } else if (found < 0) {
              return written > 0 ? written : found
            } else if (found === 1) {
              const { result: time, ticket } = values
              const value = values.take()
              if (time !== 'late') {
                windows.add(value, time as number, ticket)
              } else {
                stage.settle(ticket, 'dropped', 'late')
              }
            }
          }
          return written
        },
        close(outcome) {
          windows.giveBack(outcome)
          values.close(outcome)
        },
      }
    },
    { name },
  ))
}

/** How far a value may be from time 0, in windows: well within the whole numbers that can be told apart. */
const MOST_WINDOWS = 2 ** 50

function check<A>(given: Given<A>) {
  const owner = 'windowEventTime'
  const { sizeMs, time, latenessMs, maxCount, onLate, name, onError } = given
  const everyMs = finiteNumber(owner, 'everyMs', given.everyMs ?? sizeMs, Number.MIN_VALUE, sizeMs)
  const maxWindows = wholeNumber(owner, 'maxWindows', given.maxWindows, Math.ceil(sizeMs / everyMs))
  // Further away windows could not be counted one by one.
  const furthest = Math.min(Number.MAX_VALUE, MOST_WINDOWS * everyMs)
  const timeOf = (value: A): number => answeredNumber(owner, 'time', time(value), -furthest, furthest)
  return { bounds: { sizeMs, everyMs, latenessMs, maxWindows, maxCount }, timeOf, onLate, name, onError }
}
