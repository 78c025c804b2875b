import type { Clock } from '../contract/clock'
import { OptionError, TimeoutError } from '../errors'
import { finiteNumber } from '../options'
import { onAbort } from './on-abort'
import type { Waiters, WaiterLink } from './waiters'

/** Options of every queue operation that may wait. */
export interface WaitOptions {
  /** Gives up when it aborts: the call rejects with its reason. A put has then put nothing, a take has taken nothing. */
  readonly signal?: AbortSignal | undefined
  /** Gives up after so many ms: the call rejects with a TimeoutError. */
  readonly timeoutMs?: number | undefined
}

/** Options of an operation that takes several values. */
export interface TakeOptions extends WaitOptions {
  /** So many have to be there. Default 1. */
  readonly min?: number | undefined
}

/** A caller that waits. `leave` is called once, when it is served or gives up: listener and timer go with it. */
export interface Waiting {
  readonly reject: (error: unknown) => void
  leave?: (() => void) | undefined
}

/** Parks a caller until it is served, its signal aborts, or its time is up. */
export function parkWaiting<W, V extends W & Waiting>(
  waiters: Waiters<W>,
  waiting: V,
  what: string,
  clock: Clock,
  options: WaitOptions | undefined,
): void {
  const link = waiters.park(waiting)
  if (options !== undefined) giveUpWith(waiters, link, waiting, what, clock, options)
}

/** A caller that is parked gives up when its signal aborts or its time is up. `onGiveUp` is called after its rejection. */
export function giveUpWith<W>(
  waiters: Waiters<W>,
  link: WaiterLink<W>,
  waiting: Waiting,
  what: string,
  clock: Clock,
  { signal, timeoutMs }: WaitOptions,
  onGiveUp?: () => void,
): void {
  const giveUp = (error: unknown): void => {
    if (!waiters.remove(link)) return
    waiting.leave?.()
    waiting.reject(error)
    onGiveUp?.()
  }
  const leaveSignal = signal && onAbort(signal, () => { giveUp(signal.reason) })
  const cancel =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () => { giveUp(new TimeoutError(`${what}: gave up after ${timeoutMs} ms`)) })
  waiting.leave = () => {
    leaveSignal?.()
    cancel?.()
  }
}

/** What speaks against waiting at all: a wrong option (thrown) or a signal that has aborted (answered). */
export function refused(what: string, options: WaitOptions | undefined): { readonly reason: unknown } | undefined {
  if (options?.timeoutMs !== undefined) finiteNumber(what, 'timeoutMs', options.timeoutMs)
  // Found out later, the caller would be parked already, and served in spite of its rejection.
  if (options?.signal && typeof (options.signal as Partial<AbortSignal>).addEventListener !== 'function') {
    throw new OptionError(what, 'signal', options.signal, 'an AbortSignal')
  }
  return options?.signal?.aborted ? { reason: options.signal.reason } : undefined
}
