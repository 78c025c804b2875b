// Set up before every file of tests in a page: counts listeners, as Node's getEventListeners does.

interface Listener {
  readonly callback: unknown
  readonly capture: boolean
}

const recorded = new WeakMap<EventTarget, Map<string, Listener[]>>()
// Called with the target as `this`, never on their own.
// eslint-disable-next-line @typescript-eslint/unbound-method
const { addEventListener, removeEventListener } = EventTarget.prototype

const captures = (options: unknown): boolean => (typeof options === 'object' ? (options as { capture?: boolean } | null)?.capture === true : options === true)

function forget(target: EventTarget, type: string, callback: unknown, capture: boolean): void {
  const listeners = recorded.get(target)?.get(type)
  const index = listeners?.findIndex((one) => one.callback === callback && one.capture === capture) ?? -1
  if (index >= 0) listeners?.splice(index, 1)
}

EventTarget.prototype.addEventListener = function (type, callback, options) {
  const { once, signal } = typeof options === 'object' ? options : {}
  const capture = captures(options)
  if (signal?.aborted !== true) {
    let types = recorded.get(this)
    if (!types) recorded.set(this, (types = new Map<string, Listener[]>()))
    let listeners = types.get(type)
    if (!listeners) types.set(type, (listeners = []))
    if (!listeners.some((one) => one.callback === callback && one.capture === capture)) listeners.push({ callback, capture })
    const gone = (): void => { forget(this, type, callback, capture) }
    // Before the callback itself, which may look.
    if (once === true) addEventListener.call(this, type, gone, { once: true, capture: true })
    if (signal) addEventListener.call(signal, 'abort', gone, { once: true })
  }
  addEventListener.call(this, type, callback, options)
}

EventTarget.prototype.removeEventListener = function (type, callback, options) {
  forget(this, type, callback, captures(options))
  removeEventListener.call(this, type, callback, options)
}

Object.assign(globalThis, {
  recordedListeners: (target: EventTarget, type: string): number => recorded.get(target)?.get(type)?.length ?? 0,
})

export {}
