import type { Clock } from '../contract/clock'
import { callable, finiteNumber, oneOf, optionsOf, wholeNumber } from '../options'
import { systemClock } from '../time/clock'
import { warn } from '../foreign/warn'
import { OVERFLOWS, type Overflow } from '../held/overflow'
import { refused, type TakeOptions } from '../waiting/waiting'

/** Why a value did not reach a consumer. */
export type DropReason = 'overflow' | 'failed'

/** Options of a {@link BoundedQueue}. */
export interface BoundedQueueOptions<T> {
  /** Values it holds at most; 0 is a rendezvous: a put is accepted when somebody takes. */
  readonly capacity: number
  /** What it does when full. Default `'wait'`. */
  readonly overflow?: Overflow | undefined
  /** The weight of a value, for instance its bytes, 0 or more. Called once per value, when it is put. */
  readonly weigh?: ((value: T) => number) | undefined
  /** The weight it holds at most. A value heavier than that enters only an empty queue, else it never could. */
  readonly maxWeight?: number | undefined
  /** Told of every value that was dropped; they are counted in `dropped` in any case. */
  readonly onDrop?: ((value: T, reason: DropReason) => void) | undefined
  /** So many values call `onHigh`, once per stretch. Default: the capacity. */
  readonly high?: number | undefined
  /** So few values call `onLow` after that. Default: `capacity - ceil(3/4 capacity)`. */
  readonly low?: number | undefined
  /** Told at `high`. One that throws fails the queue with its error, and so does `onLow`. */
  readonly onHigh?: (() => void) | undefined
  readonly onLow?: (() => void) | undefined
  /** Puts that may wait at once; one more is refused with a QueueFullError, for nobody awaits them. Default 1024. */
  readonly maxWaitingPuts?: number | undefined
  /**
   * Told once when puts have waited for a second and all pipelines and loops that read the queue have ended: nobody takes.
   * Default: a warning of the process, or on the console where there is no process.
   */
  readonly onWarning?: ((warning: Error) => void) | undefined
  /** Used in messages. Default: the name of the class. */
  readonly name?: string | undefined
  readonly clock?: Clock | undefined
}

/** The names of the options of every queue. */
export const QUEUE_OPTIONS: readonly (keyof BoundedQueueOptions<never>)[] = [
  'capacity', 'overflow', 'weigh', 'maxWeight', 'onDrop', 'high', 'low', 'onHigh', 'onLow', 'maxWaitingPuts', 'onWarning', 'name', 'clock',
]

/** The options with defaults filled in. */
export interface CheckedQueueOptions<T> extends BoundedQueueOptions<T> {
  readonly overflow: Overflow
  readonly high: number
  readonly low: number
  readonly maxWeight: number
  readonly maxWaitingPuts: number
  readonly onWarning: (warning: Error) => void
  readonly name: string
  readonly clock: Clock
}

export function checkQueueOptions<T>(owner: string, options: BoundedQueueOptions<T>): CheckedQueueOptions<T> {
  // A queue with a storage of its own has looked at its options.
  const given = optionsOf(owner, options, owner === 'BoundedQueue' ? QUEUE_OPTIONS : undefined)
  const capacity = wholeNumber(owner, 'capacity', given.capacity, 0)
  const overflow = oneOf(owner, 'overflow', given.overflow ?? 'wait', OVERFLOWS)
  const { weigh, onDrop, onHigh, onLow, onWarning } = given
  for (const [option, value] of Object.entries({ weigh, onDrop, onHigh, onLow, onWarning })) {
    if (value !== undefined) callable(owner, option, value)
  }
  if (given.maxWeight !== undefined) callable(owner, 'weigh (needed for maxWeight)', weigh)
  const high = wholeNumber(owner, 'high', given.high ?? Math.max(1, capacity), 1, Math.max(1, capacity))
  const low = wholeNumber(owner, 'low', given.low ?? Math.min(capacity - Math.ceil((3 / 4) * capacity), high - 1), 0, high - 1)
  // Every field by name: spread objects of different callers have different shapes, and compiled code gives up on each.
  return {
    capacity,
    overflow,
    weigh,
    onDrop,
    onHigh,
    onLow,
    high,
    low,
    maxWeight: given.maxWeight === undefined ? Infinity : finiteNumber(owner, 'maxWeight', given.maxWeight),
    maxWaitingPuts: wholeNumber(owner, 'maxWaitingPuts', given.maxWaitingPuts ?? 1024),
    onWarning: onWarning ?? warn,
    name: given.name ?? owner,
    clock: given.clock ?? systemClock,
  }
}

/** How many values a take of up to `count` waits for; throws where an option is wrong, and the reason of an aborted signal. */
export function checkTake(owner: string, capacity: number, count: number, options: TakeOptions): number {
  wholeNumber(owner, 'count', count)
  const refusal = refused(owner, options)
  if (refusal) throw refusal.reason
  return wholeNumber(owner, 'min', options.min ?? 1, 1, Math.min(count, Math.max(1, capacity)))
}
