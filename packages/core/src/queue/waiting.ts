import type { Clock } from '../contract/clock'
import { TimeoutError } from '../errors'
import { finiteNumber } from '../options'
import type { Waiters, WaiterLink } from './waiters'

/** Options of every queue operation that may wait. */
export interface WaitOptions {
  /** Gives up when it aborts: the call rejects with its reason. A put has then put nothing, a take has taken nothing. */
  readonly signal?: AbortSignal | undefined
  /** Gives up after so many ms: the call rejects with a TimeoutError. */
  readonly timeoutMs?: number | undefined
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
  const link: WaiterLink<W> = waiters.park(waiting)
  if (options === undefined) return
  const { signal, timeoutMs } = options
  const giveUp = (error: unknown): void => {
    if (!waiters.remove(link)) return
    waiting.leave?.()
    waiting.reject(error)
  }
  const onAbort = (): void => { giveUp(signal?.reason) }
  signal?.addEventListener('abort', onAbort, { once: true })
  const cancel =
    timeoutMs === undefined
      ? undefined
      : clock.after(timeoutMs, () => { giveUp(new TimeoutError(`${what}: gave up after ${timeoutMs} ms`)) })
  waiting.leave = () => {
    signal?.removeEventListener('abort', onAbort)
    cancel?.()
  }
}

/** What speaks against waiting at all: a wrong timeout (thrown) or a signal that has aborted (answered). */
export function refused(what: string, options: WaitOptions | undefined): { readonly reason: unknown } | undefined {
  if (options?.timeoutMs !== undefined) finiteNumber(what, 'timeoutMs', options.timeoutMs)
  return options?.signal?.aborted ? { reason: options.signal.reason } : undefined
}
