/**
 * The receipt that travels beside a value of an acknowledged source until everything made from it was dealt with.
 *
 * A ticket has shares. Splitting a value adds shares, every share is settled once, and when the last one is, the
 * ticket reports the *worst* status it was told: one `nack` among many `ack`s is a `nack`.
 *
 * ```text
 *   value ── flatMap ──┬── a ── sink   ack ┐
 *   ticket (1 share)   ├── b ── filter ack ├──▶ onSettled('nack')
 *          +2 shares   └── c ── sink  nack ┘
 * ```
 */
export interface Ticket {
  /** Adds `shares` further shares, each of which has to be settled as well. */
  split(shares: number): void
  /** One share was dealt with: written, or dropped on purpose. */
  ack(): void
  /** One share could not be dealt with. */
  nack(error: unknown): void
}

/** The tickets of the values of the last pull, index by index; a hole is a value without a ticket. */
export type Tickets = (Ticket | undefined)[]
