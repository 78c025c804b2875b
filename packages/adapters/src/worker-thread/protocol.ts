import type { Thrown } from './thrown'

/*
 * What a stage and its threads say to each other. Items are dealt with one after the other, so results need no numbers: the
 * n-th result of a thread is that of the n-th item it was sent. `sluice` tells these messages from a script's own.
 *
 *   stage ── start ──▶ thread      thread ── hello (browsers), ready ──▶ stage
 *         ── items ──▶                    ── results ─────────────────▶       each one gives a credit back
 *         ── stop ───▶                    ── stopped, leaving ────────▶
 */

export interface StartMessage {
  readonly sluice: 'start'
  /** For the promise of one item. What does not come back to the event loop the stage notices. */
  readonly timeoutMs: number | undefined
  /** Items are transferred, so that of a failed one there is no other than the thread's. */
  readonly returnsItems: boolean
  /** Two counters: items begun and items ended. Survives a crash, and then tells which item it was. */
  readonly progress: SharedArrayBuffer | undefined
}

export interface ItemsMessage {
  readonly sluice: 'items'
  readonly items: unknown[]
  /** Left out where each is tried for the first time. */
  readonly attempts: readonly number[] | undefined
  /** The contexts of the items as texts, such as `traceparent`. Left out where nobody has any. */
  readonly contexts?: readonly (Readonly<Record<string, string>> | undefined)[] | undefined
}

export interface StopMessage {
  readonly sluice: 'stop'
  readonly reason: Thrown
}

export type ToThread = StartMessage | ItemsMessage | StopMessage

/** An item that came to no result. */
export interface ItemFailure {
  /** Where among the results. */
  readonly at: number
  readonly kind: 'threw' | 'timeout' | 'uncloneable'
  readonly thrown?: Thrown
  /** The item, where the stage has it no more. */
  readonly returned?: { readonly item: unknown }
}

export interface ResultsMessage {
  readonly sluice: 'results'
  readonly values: readonly unknown[]
  readonly failures: readonly ItemFailure[] | undefined
}

export type FromThread = ResultsMessage | { readonly sluice: 'hello' | 'ready' | 'stopped' | 'leaving' | 'unreadable' }

/** Where in `progress` which counter is. */
export const BEGUN = 0
export const ENDED = 1

/** Results are sent at the end of a message's items, and after so many ms: what waits is little, and little is lost in a crash. */
export const FLUSH_MS = 5

/** True for a message of ours. */
export function isOurs(message: unknown): boolean {
  return typeof message === 'object' && message !== null && typeof (message as { readonly sluice?: unknown }).sluice === 'string'
}
