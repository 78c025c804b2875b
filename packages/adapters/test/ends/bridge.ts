/** The end of a bridge that values go into; a test plays whoever has them. */
export interface InEnd {
  put(value: unknown): void
  end(): void
  /** No more values, but this error. */
  fail(error: unknown): void
  /** How many values were taken in. */
  accepted(): number
  /** There once it was told that nothing more is wanted; with a reason, where that world knows any. */
  told(): { readonly reason?: unknown } | undefined
  /** Listeners, locks, subscriptions. */
  held(): number
}

/** What a take is answered with; a failure rejects it. */
export type Taken = { readonly done: false; readonly value: unknown } | { readonly done: true; readonly value?: unknown }

/** The end of a bridge that values come out of; a test plays whoever takes them. */
export interface OutEnd {
  /** The next value. Several may be asked for at once. */
  take(): Promise<Taken>
  /** Nothing more is wanted. Settles when that has reached the far end. */
  leave(reason: unknown): Promise<unknown>
  /** True where a reason given to `leave` goes with it. */
  readonly givesReasons: boolean
  held(): number
}

/** One use of a bridge, seen from its ends. */
export interface Bridge {
  readonly into: InEnd
  readonly outOf: OutEnd
}
