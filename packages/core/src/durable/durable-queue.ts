import type { Capabilities } from './capabilities'
import type { DeadItems } from './dead-letters'

/** One item that is to be put. */
export interface PutItem {
  readonly body: Uint8Array
  /** A second item with the same key is absorbed, for as long as the queue remembers. */
  readonly dedupKey?: string | undefined
  /** Items of one key come out in their order, where the queue keeps one by key. */
  readonly orderKey?: string | undefined
  /** Not to be given out for so long, in ms. */
  readonly delayMs?: number | undefined
  /** The lower, the sooner. Default 0. */
  readonly priority?: number | undefined
  readonly headers?: Readonly<Record<string, string>> | undefined
}

/**
 * What became of one put.
 *
 * - `stored`: confirmed, as `survives` says; `duplicate`: absorbed, since an item with the same key was there.
 * - `full`: there was no room; the items behind it in the same call are `full` as well, so that their order is kept.
 * - `too-large`: the body is larger than `maxBytes`.
 * - `unknown`: the connection broke before the answer came. It is put again only where it has a `dedupKey`.
 */
export type PutResult =
  | { readonly is: 'stored' | 'duplicate'; readonly id: string }
  | { readonly is: 'full' | 'too-large' }
  | { readonly is: 'unknown'; readonly error: unknown }

/** An item that was given out, for so long. */
export interface Lease {
  readonly id: string
  /** Another one each time the item is given out. */
  readonly token: string
  readonly body: Uint8Array
  /** How long nobody else gets it, in ms from when it was asked for, or as `sinceMs` says. */
  readonly leaseMs: number
  /** How long ago the lease began at most, in ms, when `take` answers. Default: when `take` was called, which may be much earlier where it has waited. */
  readonly sinceMs?: number | undefined
  /** Which try this is: 1 for the first one. Always 1 where the queue counts nothing. */
  readonly attempts: number
  readonly headers: Readonly<Record<string, string>>
}

/**
 * What is to become of an item that was given out.
 *
 * - `ack`: it was dealt with. `extend`: the lease begins again. `return`: it goes back as it was, by no fault of its own.
 * - `nack`: it failed, and comes again after `delayMs`, as its next attempt.
 * - `dead`: it leaves the queue for the dead letters.
 */
export type LeaseVerdict =
  | { readonly do: 'ack' | 'extend' | 'return' }
  | { readonly do: 'nack'; readonly delayMs: number; readonly error?: unknown }
  | { readonly do: 'dead'; readonly reason: string }

/** What came of a verdict. `stale`: somebody else holds the item by now, or it is gone. `unknown`: the connection broke before the answer came. */
export type Settlement = 'ok' | 'stale' | 'unknown'

/** What there is in a durable queue. */
export interface DurableStats {
  /** Items that nobody holds, those included whose time has not come. */
  readonly ready: number
  readonly leased: number
  readonly dead: number
  /** Its producers are finished. */
  readonly sealed: boolean
}

/**
 * A queue that outlives its process: in a file, a database, a broker. It speaks batches, because one item at a time costs ten times as much.
 *
 * What its verbs throw or reject with fails the run that called them: an engine that connects again by itself does so inside.
 */
export interface DurableQueue {
  readonly name: string
  /** What is known of it before it is opened: that much is checked when the pipeline is built. */
  readonly known?: Partial<Capabilities> | undefined
  /** Its dead letters, where they can be tended. */
  readonly deadItems?: DeadItems | undefined
  /** Makes what is missing, refuses what disagrees, and heals what a crash has left. Called by each run, and again by others. */
  open(signal: AbortSignal): Promise<Capabilities>
  /** Puts items in their order; answers for each. Never waits for room. */
  put(items: readonly PutItem[]): Promise<readonly PutResult[]>
  /**
   * Gives out at most `max` items.
   *
   * @param waitMs how long to wait for the first one; none where that has passed.
   * @param signal ends the wait: it answers with what there is.
   * @param leaseMs how long they are wanted for, where the queue leaves that to its consumers.
   */
  take(max: number, waitMs: number, signal: AbortSignal, leaseMs?: number): Promise<readonly Lease[]>
  /** Carries out verdicts, and answers for each. */
  settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Promise<readonly Settlement[]>
  stats(): Promise<DurableStats>
  /** The producers are finished; kept in the store. An item that is stored after that opens it again. */
  seal(): Promise<void>
  /** Ends what `open` began. What was given out comes again when its lease is over. */
  close(): Promise<void>
}
