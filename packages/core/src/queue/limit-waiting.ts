import type { Clock } from '../contract/clock'
import { TimeoutError } from '../errors'
import { finiteNumber } from '../options'
import type { Waiters } from './waiters'

/** How long a caller is willing to wait. */
export interface WaitOptions {
  /** Gives up when it aborts; the call rejects with its reason. */
  readonly signal?: AbortSignal | undefined
  /** Gives up after so many ms (at least 0) with a `TimeoutError`. Default: never. */
  readonly timeoutMs?: number | undefined
}

/** A caller that waits: what it waits with, and the two ends of its promise. Settled once, by whoever takes it out. */
export interface WaitingCall<V, R> {
  readonly value: V
  resolve(result: R): void
  reject(error: unknown): void
}

/** Throws what a call with these options rejects with at once: a bad option, or the reason of an aborted signal. */
export function checkWait(owner: string, options: WaitOptions | undefined): void {
  if (options === undefined) return
  if (options.timeoutMs !== undefined) finiteNumber(owner, 'timeoutMs', options.timeoutMs)
  if (options.signal?.aborted === true) throw options.signal.reason
}

/**
 * Parks a caller until somebody serves it, its signal aborts or its time is up, whichever is first.
 *
 * Its listener and its timer are gone as soon as it is settled, whatever settled it. `onLeave` is called when it gave
 * up, after it has left the line and its promise was rejected: whoever stood behind it may be next.
 */
export function waitIn<V, R>(
  line: Waiters<WaitingCall<V, R>>,
  value: V,
  owner: string,
  clock: Clock,
  options: WaitOptions | undefined,
  onLeave?: () => void,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const signal = options?.signal
    const timeoutMs = options?.timeoutMs
    let cancelTimer: (() => void) | undefined
    const forget = (): void => {
      signal?.removeEventListener('abort', onAbort)
      cancelTimer?.()
    }
    const leave = (error: unknown): void => {
      if (!line.remove(place)) return
      forget()
      reject(error)
      onLeave?.()
    }
    const onAbort = (): void => {
      leave(signal?.reason)
    }
    const place = line.park({
      value,
      resolve(result) {
        forget()
        resolve(result)
      },
      reject(error) {
        forget()
        reject(error)
      },
    })
    signal?.addEventListener('abort', onAbort)
    if (timeoutMs !== undefined) {
      cancelTimer = clock.after(timeoutMs, () => {
        leave(new TimeoutError(`${owner}: waited longer than ${timeoutMs} ms`))
      })
    }
  })
}
