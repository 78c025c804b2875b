import type { Clock } from '../contract/clock'
import type { Waiters } from './waiters'
import type { Waiting, WaitOptions } from './waiting'
import { parkWaiting, refused } from './waiting'

/** A caller that waits: what it waits with, and the two ends of its promise. Settled once, by whoever takes it out. */
export interface WaitingCall<V, R> extends Waiting {
  readonly value: V
  resolve(result: R): void
}

/** Throws what a call with these options rejects with at once: a bad option, or the reason of an aborted signal. */
export function checkWait(owner: string, options: WaitOptions | undefined): void {
  const refusal = refused(owner, options)
  if (refusal !== undefined) throw refusal.reason
}

/**
 * Parks a caller until somebody serves it, its signal aborts or its time is up, whichever is first; answers its promise.
 *
 * Its listener and its timer are gone as soon as it is settled, whatever settled it. `onReject` is called after it has
 * left the line and its promise was rejected: whoever stood behind it may be next.
 */
export function waitIn<V, R>(
  line: Waiters<WaitingCall<V, R>>,
  value: V,
  owner: string,
  clock: Clock,
  options: WaitOptions | undefined,
  onReject?: () => void,
): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const call: WaitingCall<V, R> = {
      value,
      resolve(result) {
        call.leave?.()
        resolve(result)
      },
      reject(error) {
        call.leave?.()
        reject(error)
        onReject?.()
      },
    }
    parkWaiting(line, call, owner, clock, options)
  })
}
