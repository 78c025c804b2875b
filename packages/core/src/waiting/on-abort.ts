import { processWide } from '../copies/process-wide'

/** Everybody who waits on one signal, and the one listener they share. */
interface Audience {
  readonly callbacks: Set<() => void>
  readonly listener: () => void
}

const audiences = /* @__PURE__ */ processWide('audiences', () => new WeakMap<AbortSignal, Audience>())

/**
 * Calls `callback` when `signal` aborts; the answer takes that back.
 *
 * However many wait on a signal, it has one listener, which goes with the last of them: platforms take more than ten for
 * a leak and warn, and a signal that ends a whole program is waited on by hundreds.
 */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  const audience = audiences.get(signal) ?? gather(signal)
  // A function of its own: the same callback may be given twice.
  const call = (): void => { callback() }
  audience.callbacks.add(call)
  return () => {
    if (!audience.callbacks.delete(call) || audience.callbacks.size > 0) return
    signal.removeEventListener('abort', audience.listener)
    audiences.delete(signal)
  }
}

function gather(signal: AbortSignal): Audience {
  const callbacks = new Set<() => void>()
  const listener = (): void => {
    audiences.delete(signal)
    for (const call of callbacks) call()
  }
  const audience = { callbacks, listener }
  audiences.set(signal, audience)
  signal.addEventListener('abort', listener, { once: true })
  return audience
}
