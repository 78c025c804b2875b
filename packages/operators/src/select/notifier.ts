import { type Pullable } from '@sluice/core'
import { isThenable, ownPromise, PENDING, promiseOf, type Openable, type Outlet, type Stage } from '@sluice/core/authoring'
import { sourceOf } from '../inputs/source-of'

/** What tells an operator that it is time: the first value of a source, an abort of a signal, a promise that resolves. */
export type Notifier = AbortSignal | PromiseLike<unknown> | Pullable<unknown>

/** Calls back once. A source that ends without a value says nothing; one that fails, fails the stage. */
export interface Listening {
  /** Begins; called at the first pull. */
  start(): void
  /** Nobody listens any more. */
  stop(): void
}

/** Checks a notifier when the pipeline is built: a source is made of everything that is none of the other two. */
export function notifierOf(owner: string, notifier: Notifier): AbortSignal | PromiseLike<unknown> | Openable<unknown> {
  if (notifier instanceof AbortSignal) return notifier
  if (!isThenable(notifier)) return sourceOf(owner, 'notifier', notifier)
  ownPromise(notifier)
  return notifier
}

/** Listens to a notifier for a stage. `notify` may be called inside `start`. */
export function listen(
  notifier: AbortSignal | PromiseLike<unknown> | Openable<unknown>,
  stage: Stage,
  notify: () => void,
): Listening {
  let listening = true
  let arrived: (() => void) | undefined
  const told = (): void => {
    if (!listening) return
    listening = false
    arrived?.()
    notify()
    stage.wake()
  }
  if (notifier instanceof AbortSignal) {
    return {
      start() {
        arrived = stage.waitFor('external')
        if (notifier.aborted) told()
        else notifier.addEventListener('abort', told, { once: true })
      },
      stop() {
        listening = false
        arrived?.()
        notifier.removeEventListener('abort', told)
      },
    }
  }
  const stop = (): void => {
    listening = false
    arrived?.()
  }
  if (isThenable(notifier)) {
    const failed = (error: unknown): void => { if (listening) stage.fail(error) }
    const start = (): void => {
      arrived = stage.waitFor('external')
      promiseOf(notifier)?.then(told, failed)
    }
    return { start, stop }
  }
  return listenToSource(notifier, stage, told, stop)
}

function listenToSource(source: Openable<unknown>, stage: Stage, told: () => void, stop: () => void): Listening {
  const slot: unknown[] = []
  let open = true
  // The task is there before the source is opened, which may wake it.
  const task = stage.task(() => {
    if (!open) return 'idle'
    const count = outlet.pull(slot, 1)
    slot[0] = undefined
    if (count > 0) stage.settle(outlet.tickets?.[0], 'absorbed')
    if (count !== PENDING) open = false
    if (count > 0) {
      void outlet.close({ status: 'cancelled', reason: undefined })
      told()
    }
    return 'idle'
  })
  const outlet: Outlet<unknown> = stage.open(source, task.wake)
  return { start: () => { task.wake() }, stop }
}
