import { EventEmitter } from 'node:events'

/** How often a take that waits looks whether another process has written, in ms. A look costs 10 µs. */
const LOOK_MS = 15

/** Tells the takes of this process that something was put, given back or sealed here. */
const arrived = /* @__PURE__ */ new EventEmitter().setMaxListeners(0)

/** Something has changed in the queue of that name, in that file. */
export function tellArrived(place: string): void {
  arrived.emit(place)
}

/**
 * Resolves when the queue may have something: told by this process, changed by another one, or after `ms`.
 *
 * @param version another one after each transaction of another connection.
 */
export function waitForArrival(place: string, ms: number, version: () => unknown, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const before = version()
    const end = performance.now() + ms
    const done = (): void => {
      clearTimeout(timer)
      arrived.off(place, done)
      signal.removeEventListener('abort', done)
      resolve()
    }
    const look = (): void => {
      try {
        if (performance.now() >= end || version() !== before) done()
        else timer = setTimeout(look, Math.min(LOOK_MS, Math.max(1, end - performance.now())))
      } catch (error) {
        done()
        reject(error)
      }
    }
    let timer = setTimeout(look, Math.min(LOOK_MS, Math.max(1, ms)))
    arrived.on(place, done)
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}
