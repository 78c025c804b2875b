/** What Node knows of an EventTarget, and pages do not: `test/browser/recorded-listeners.ts` keeps count there. */
interface Counting {
  readonly process?: { getBuiltinModule?(name: 'node:events'): { getEventListeners(target: EventTarget, type: string): readonly unknown[] } }
  readonly recordedListeners?: (target: EventTarget, type: string) => number
}

/** How many listeners an EventTarget has for these events. */
export function listenerCount(target: EventTarget, ...types: string[]): number {
  const { process, recordedListeners } = globalThis as unknown as Counting
  const events = process?.getBuiltinModule?.('node:events')
  const count = (type: string): number => {
    if (events) return events.getEventListeners(target, type).length
    if (recordedListeners) return recordedListeners(target, type)
    throw new Error('nothing here counts listeners')
  }
  return types.reduce((sum, type) => sum + count(type), 0)
}
