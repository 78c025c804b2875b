import { TimeoutError, type Stage } from '@sluice/core'
import type { Call, CallOwner } from './call'

/**
 * Waits for the result of a call, `timeoutMs` at most. Whichever comes first, the result or the time, decides; the other
 * one is ignored.
 */
export function awaitWithin<A, B>(
  timeoutMs: number, call: Call<A, B>, work: Promise<B>, stage: Stage, owner: CallOwner<A, B>,
): void {
  let open = true
  call.cancelTimeout = stage.scope.clock.after(timeoutMs, () => {
    if (!open) return
    open = false
    const error = new TimeoutError(`${stage.name}: no result within ${timeoutMs} ms`)
    call.over(error)
    owner.rejected(call, error)
  })
  work.then(
    (value) => {
      if (!open) return
      open = false
      owner.resolved(call, value)
    },
    (error: unknown) => {
      if (!open) return
      open = false
      owner.rejected(call, error)
    },
  )
}
