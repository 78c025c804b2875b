/** The part of Node that knows how many listeners are too many; there in Bun and Deno, too. */
interface Host {
  readonly process?: { getBuiltinModule?(name: string): { setMaxListeners?(most: number, target: EventTarget): void } | undefined }
}

/**
 * Lets a signal have as many listeners as there are calls at work. Node takes the eleventh for a leak and warns, which
 * would be the first that users of `{ concurrency: 16 }` see of a function that heeds its signal. Browsers do not count.
 */
export function allowManyListeners(signal: AbortSignal): void {
  ;(globalThis as Host).process?.getBuiltinModule?.('node:events')?.setMaxListeners?.(0, signal)
}
