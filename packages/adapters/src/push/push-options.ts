import { OptionError, type Traits } from '@sluice/core'
import { maybeFn, whole, wholeNumber, words } from '@sluice/core/authoring'

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

/** How the options of a source that is pushed into are declared. {@link boundsOf} fills in the defaults. */
export function pushRules() {
  return {
    overflow: words('drop-oldest', 'drop-newest', 'latest', 'fail'), capacity: whole().maybe(),
    onDrop: maybeFn, onHigh: maybeFn, onLow: maybeFn, high: whole().maybe(), low: whole(0).maybe(),
  }
}

/** What such a source does to values. */
export function pushTraits({ overflow, capacity }: { readonly overflow: PushOverflow; readonly capacity: number | undefined }): Partial<Traits> {
  return { drops: overflow === 'fail' ? 'nothing' : 'surplus', holds: capacity ?? 1 }
}

/** The options, to be read; from JavaScript the whole argument may be missing. */
export function required<O extends object>(owner: string, options: O | undefined): O {
  if (options !== undefined) return options
  throw new OptionError(owner, 'overflow', undefined, 'given, with capacity: who pushes cannot be held back')
}

/** The bounds with their defaults, each of which depends on the one before. */
export function boundsOf(owner: string, given: Pick<PushOptions<never>, 'overflow' | 'high' | 'low'> & { readonly capacity: number | undefined }): Pick<CheckedPushOptions<never>, 'capacity' | 'high' | 'low'> {
  const capacity = given.overflow === 'latest' ? 1 : wholeNumber(owner, 'capacity', given.capacity)
  const high = wholeNumber(owner, 'high', given.high ?? Math.max(1, Math.ceil((capacity * 3) / 4)), 1, capacity)
  const low = wholeNumber(owner, 'low', given.low ?? Math.min(high - 1, Math.floor(capacity / 4)), 0, high - 1)
  return { capacity, high, low }
}
