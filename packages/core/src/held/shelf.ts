import type { Ticket, Tickets } from '../contract/ticket'
import type { LiveMark } from './live-marks'

/** A value that is held, with its ticket and its weight. */
export interface Kept<T> {
  readonly value: T
  readonly ticket: Ticket | undefined
  readonly weight: number
}

/** A value in a storage with an order of its own, with the answer of the user's function about it. */
export interface Ranked<T> extends Kept<T> {
  readonly rank: unknown
  /** When it was put, where that is measured. */
  mark?: LiveMark | undefined
}

/** Where a {@link Held} keeps what it holds, in the order in which that comes out. Knows no bound and no policy. */
export interface Shelf<T> {
  readonly size: number
  /** What all that is held weighs. */
  readonly weight: number
  /** The caller has looked at the bounds. */
  push(value: T, ticket: Ticket | undefined, weight: number, rank: unknown): unknown
  /** The value that was pushed last has this mark. Absent where values leave in the order in which they came. */
  mark?(mark: LiveMark): void
  /** Moves up to `limit` values to `into`, and their tickets to `tickets`; answers how many. */
  drain(into: T[], tickets: Tickets | null, limit: number): number
  /** Takes out what comes next; undefined when empty. */
  shift(): Kept<T> | undefined
  /** Takes out what `drop-oldest` gives up for a value of this rank. */
  drop(rank: unknown): Kept<T> | undefined
  /** Whether a value of this rank may enter, beside the bounds. Undefined: always. */
  readonly admits: ((rank: unknown) => boolean) | undefined
}
