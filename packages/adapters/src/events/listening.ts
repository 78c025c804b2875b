/** What browsers and Node call an EventTarget. */
export interface EventTargetLike {
  addEventListener(type: string, listener: (event: unknown) => void, options?: object): void
  removeEventListener(type: string, listener: (event: unknown) => void, options?: object): void
}

/** What Node calls an EventEmitter, and others have built after it. */
export interface EmitterLike {
  on(event: string | symbol, listener: (...args: unknown[]) => void): unknown
  removeListener(event: string | symbol, listener: (...args: unknown[]) => void): unknown
}

/** Anything events come from. One that is both is listened to as an EventTarget. */
export type AnyTarget = EventTargetLike | EmitterLike

/** How an EventTarget is to be listened to; an EventEmitter does not look at it. */
export interface ListenOptions {
  readonly capture?: boolean
  readonly passive?: boolean
}

/** The listeners that were put on, so that all of them can be taken off. */
export interface Listening {
  on(event: string | symbol, listener: (...args: unknown[]) => void): void
  off(): void
}

export function isEventTarget(target: unknown): target is EventTargetLike {
  return has(target, 'addEventListener') && has(target, 'removeEventListener')
}

export function isEmitter(target: unknown): target is EmitterLike {
  return has(target, 'on') && has(target, 'removeListener')
}

/** Listens to a target of either kind, or of the one it is taken `as`; what is taken off is exactly what was put on. */
export function listenTo(target: AnyTarget, options?: ListenOptions, as: 'emitter' | 'target' = 'target'): Listening {
  const taken: (() => void)[] = []
  return {
    on(event, listener) {
      if (isEventTarget(target) && (as === 'target' || !isEmitter(target))) {
        // An EventTarget knows no symbols; it says so itself.
        target.addEventListener(event as string, listener, options)
        taken.push(() => { target.removeEventListener(event as string, listener, options) })
      } else {
        target.on(event, listener)
        taken.push(() => { target.removeListener(event, listener) })
      }
    },
    off() {
      for (const takeOff of taken.splice(0)) takeOff()
    },
  }
}

/** True for a Worker of Node that is gone: it takes every message, and says nothing. */
export function hasExited(worker: unknown): boolean {
  return (worker as { readonly threadId?: unknown } | null | undefined)?.threadId === -1
}

function has(target: unknown, method: string): boolean {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) return false
  return typeof (target as Record<string, unknown>)[method] === 'function'
}
