import type { Ticket, Tickets } from '../contract/ticket'

/** A value that is held, with its ticket and its weight. */
export interface Kept<T> {
  readonly value: T
  readonly ticket: Ticket | undefined
  readonly weight: number
}

/** Where a {@link Held} keeps what it holds, in the order in which that comes out. Knows no bound and no policy. */
export interface Shelf<T> {
  readonly size: number
  /** What all that is held weighs. */
  readonly weight: number
  /** Answers nothing that matters: the caller has looked at the bounds. */
  push(value: T, ticket: Ticket | undefined, weight: number): unknown
  /** Moves up to `limit` values to `into`, and their tickets to `tickets`; answers how many. */
  drain(into: T[], tickets: Tickets | null, limit: number): number
  /** Takes out what comes next; undefined when empty. */
  shift(): Kept<T> | undefined
  /** Takes out what `drop-oldest` gives up for `value`. */
  drop(value: T): Kept<T> | undefined
  /** Whether a value of this kind may enter, beside the bounds. Undefined: always. */
  readonly admits: ((value: T) => boolean) | undefined
}
