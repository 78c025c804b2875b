import { OptionError, type Limit, type StageOptions } from '@sluice/core'
import { callable, checkOnError, finiteNumber, ms, rule, whole, wholeNumber } from '@sluice/core/authoring'
import { checkAdaptive, type AdaptiveConcurrencyOptions } from './adaptive-concurrency'

/** What the function of an asynchronous operator gets beside the value. */
export interface CallContext {
  /** Aborted when the run is aborted or fails, or this call has taken longer than `timeoutMs`. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** What every operator that makes asynchronous calls takes. */
export interface CallOptions<A> extends StageOptions<A> {
  /**
   * Calls running at once, 1 or more; or `{ min, max, targetMs }`: as many as run while a call takes `targetMs`.
   * There is no default: it is what decides about load and memory.
   */
  readonly concurrency: number | AdaptiveConcurrencyOptions
  /** A call that takes longer has failed with a TimeoutError, as far as `onError` is concerned. In ms; default: none. */
  readonly timeoutMs?: number | undefined
  /**
   * How long a call that has taken longer than `timeoutMs` may go on before its place, its key and its permit serve another
   * one, in ms; the next try of its item waits for that, too. A call that goes on still is an `overrun` of the stage's stats,
   * and the stage is named in `run.unstopped`. Default 10,000; Infinity: as long as it takes.
   */
  readonly settleWithinMs?: number | undefined
  /**
   * Each call, every retry too, takes a permit of it first: shared with others, and adjustable while running. What
   * waits for one occupies a place of `concurrency`. Default: none.
   */
  readonly limit?: Limit | undefined
}

/** Options of `mapAsync` and its kin. */
export interface MapAsyncOptions<A> extends CallOptions<A> {
  /** Results that may wait for downstream beside the running calls, 0 or more. Default: as many as `concurrency`. */
  readonly capacity?: number | undefined
  /** Another name for `capacity`, for those who think of it as how far results may overtake. Never both. */
  readonly maxReorder?: number | undefined
}

/** The options of the calls themselves, with defaults filled in. */
export interface CheckedCalls<A> extends StageOptions<A> {
  readonly name: string
  /** The most there ever may be. */
  readonly concurrency: number
  readonly adaptive: AdaptiveConcurrencyOptions | undefined
  readonly timeoutMs: number | undefined
  readonly settleWithinMs: number
  readonly limit: Limit | undefined
}

/** The options with defaults filled in. */
export interface CheckedCallOptions<A> extends CheckedCalls<A> {
  readonly capacity: number
}

/** How options of calls are declared. */
export const callRules = () => ({
  concurrency: rule<number | AdaptiveConcurrencyOptions>('a whole number of at least 1', (value) => isAdaptive(value) || whole().test(value)),
  timeoutMs: ms().maybe(), settleWithinMs: ms(0, Infinity).or(10_000),
  limit: rule<Limit>('a Limit', (value) => typeof (value as Partial<Limit> | null)?.tryAcquire === 'function').maybe(),
})

/** The most values that calls in flight, and their results, may be. */
export function heldBy({ concurrency, capacity, maxReorder }: { readonly concurrency: number | AdaptiveConcurrencyOptions; readonly capacity: number | undefined; readonly maxReorder: number | undefined }): number {
  const most = typeof concurrency === 'number' ? concurrency : concurrency.max
  return most + (capacity ?? maxReorder ?? most)
}

/** Checks the options of the calls when the pipeline is built. */
export function checkCalls<A>(owner: string, call: unknown, options: CallOptions<A>, callName = 'call'): CheckedCalls<A> {
  callable(owner, callName, call)
  // From JavaScript the whole argument may be missing.
  const given = (options as CallOptions<A> | undefined) ?? ({} as Partial<CallOptions<A>>)
  const adaptive = isAdaptive(given.concurrency) ? checkAdaptive(owner, given.concurrency) : undefined
  const concurrency = adaptive?.max ?? wholeNumber(owner, 'concurrency', given.concurrency)
  const { timeoutMs, settleWithinMs = 10_000, limit, onError, name } = given
  if (timeoutMs !== undefined) finiteNumber(owner, 'timeoutMs', timeoutMs)
  if (settleWithinMs !== Infinity) finiteNumber(owner, 'settleWithinMs', settleWithinMs)
  if (limit !== undefined && typeof (limit as Partial<Limit> | null)?.tryAcquire !== 'function') {
    throw new OptionError(owner, 'limit', limit, 'a Limit')
  }
  checkOnError(owner, onError)
  return { concurrency, adaptive, timeoutMs, settleWithinMs, limit, onError, name: name ?? owner }
}

function isAdaptive(concurrency: unknown): concurrency is AdaptiveConcurrencyOptions {
  return typeof concurrency === 'object' && concurrency !== null && !Array.isArray(concurrency)
}

/** Checks all options when the pipeline is built. */
export function checkCallOptions<A>(
  owner: string,
  call: unknown,
  options: MapAsyncOptions<A>,
  callName = 'call',
): CheckedCallOptions<A> {
  const checked = checkCalls(owner, call, options, callName)
  const { capacity, maxReorder } = options
  if (capacity !== undefined && maxReorder !== undefined) {
    throw new OptionError(owner, 'maxReorder', maxReorder, 'left out where capacity is given: they are the same')
  }
  if (maxReorder !== undefined) wholeNumber(owner, 'maxReorder', maxReorder, 0)
  return { ...checked, capacity: wholeNumber(owner, 'capacity', capacity ?? maxReorder ?? checked.concurrency, 0) }
}
