import { callable, checkOnError, finiteNumber, wholeNumber, type StageOptions } from '@sluice/core'

/** What the function of an asynchronous operator gets beside the value. */
export interface CallContext {
  /** Aborted when the run is aborted or fails, or this call has taken longer than `timeoutMs`. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** Options of `mapAsync` and `mapAsyncUnordered`. */
export interface MapAsyncOptions<A> extends StageOptions<A> {
  /** Calls running at once, 1 or more. There is no default: it is what decides about load and memory. */
  readonly concurrency: number
  /** Results that may wait for downstream beside the running calls, 0 or more. Default: as many as `concurrency`. */
  readonly capacity?: number | undefined
  /** A call that takes longer has failed with a TimeoutError, as far as `onError` is concerned. In ms; default: none. */
  readonly timeoutMs?: number | undefined
}

/** The options with defaults filled in. */
export interface CheckedCallOptions<A> extends StageOptions<A> {
  readonly name: string
  readonly concurrency: number
  readonly capacity: number
  readonly timeoutMs: number | undefined
}

/** Checks the options when the pipeline is built. */
export function checkCallOptions<A>(owner: string, call: unknown, options: MapAsyncOptions<A>): CheckedCallOptions<A> {
  callable(owner, 'call', call)
  // From JavaScript the whole argument may be missing.
  const given = (options as MapAsyncOptions<A> | undefined) ?? ({} as Partial<MapAsyncOptions<A>>)
  const concurrency = wholeNumber(owner, 'concurrency', given.concurrency)
  const capacity = wholeNumber(owner, 'capacity', given.capacity ?? concurrency, 0)
  const { timeoutMs, onError, name } = given
  if (timeoutMs !== undefined) finiteNumber(owner, 'timeoutMs', timeoutMs)
  checkOnError(owner, onError)
  return { concurrency, capacity, timeoutMs, onError, name: name ?? owner }
}
