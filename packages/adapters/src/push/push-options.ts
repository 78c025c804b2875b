import { OptionError } from '@sluice/core'
import { callable, oneOf, wholeNumber } from '@sluice/core/authoring'

/**
 * What becomes of a value that is pushed when the buffer is full. Nobody who pushes can be held back, so somebody has to
 * decide: lose the oldest, the new one, all but the newest (`latest`), or fail.
 */
export type PushOverflow = 'drop-oldest' | 'drop-newest' | 'latest' | 'fail'

/** Options of every source that is pushed into. */
export interface PushOptions<T> {
  /** Values that may wait to be pulled, 1 or more; with `latest` it is 1. */
  readonly capacity: number
  /** Required: see {@link PushOverflow}. Dropped values are counted in the run's stats. */
  readonly overflow: PushOverflow
  /** Gets every dropped value: those for which there was no room, and those that nobody had taken when the run ended. */
  readonly onDrop?: ((value: T) => void) | undefined
  /** Called when the buffer has filled up to `high`: the moment to pause the producer, if it can be. */
  readonly onHigh?: (() => void) | undefined
  /** Called when it has drained to `low` after that: the moment to resume it. */
  readonly onLow?: (() => void) | undefined
  /** Default: three quarters of the capacity. */
  readonly high?: number | undefined
  /** Default: a quarter of the capacity. */
  readonly low?: number | undefined
  readonly name?: string | undefined
}

/** The options with their defaults. */
export interface CheckedPushOptions<T> {
  readonly name: string
  readonly capacity: number
  readonly overflow: PushOverflow
  readonly high: number
  readonly low: number
  readonly onDrop: ((value: T) => void) | undefined
  readonly onHigh: (() => void) | undefined
  readonly onLow: (() => void) | undefined
}

/** Checks the options when the pipeline is built. */
export function checkPushOptions<T>(owner: string, options: PushOptions<T>): CheckedPushOptions<T> {
  // From JavaScript the whole argument may be missing.
  const given = options as PushOptions<T> | undefined
  if (given === undefined) throw new OptionError(owner, 'overflow', undefined, 'given, with capacity: who pushes cannot be held back')
  const overflow = oneOf(owner, 'overflow', given.overflow, ['drop-oldest', 'drop-newest', 'latest', 'fail'])
  const capacity = overflow === 'latest' ? 1 : wholeNumber(owner, 'capacity', given.capacity)
  const high = wholeNumber(owner, 'high', given.high ?? Math.max(1, Math.ceil((capacity * 3) / 4)), 1, capacity)
  const low = wholeNumber(owner, 'low', given.low ?? Math.min(high - 1, Math.floor(capacity / 4)), 0, high - 1)
  const { onDrop, onHigh, onLow } = given
  for (const [option, value] of Object.entries({ onDrop, onHigh, onLow })) if (value !== undefined) callable(owner, option, value)
  return { name: given.name ?? owner, capacity, overflow, high, low, onDrop, onHigh, onLow }
}
