import type { Within } from './context'
import type { AckFate, NackFate } from './fate'

/**
 * The receipt that travels beside a value until everything made from the value was dealt with.
 *
 * A ticket has shares. Splitting a value adds shares, every share is settled once, and when the last one is, the
 * ticket reports the *worst* fate a share was told: one `nack` among many `ack`s is a `nack`.
 *
 * ```text
 *   value ── flatMap ──┬── a ── sink   ack ┐
 *   ticket (1 share)   ├── b ── filter ack ├──▶ onSettled('nack')
 *          +2 shares   └── c ── sink  nack ┘
 * ```
 *
 * From the worst to the best: failed, abandoned, deadLettered, dropped, skipped, delivered, absorbed. So a value of which
 * one part was written and another filtered out was delivered.
 */
export interface Ticket {
  /** The context in which the value was put, where that is carried. */
  readonly within?: Within | undefined
  /** Which item of which durable queue the value came from: two runs that are given the same item see the same text. */
  readonly origin?: string | undefined
  /** Adds `shares` further shares, each of which has to be settled as well. */
  split(shares: number): void
  /**
   * One share was dealt with: written, or left out on purpose.
   *
   * @param fate default `'delivered'`.
   * @param reason a short word for the statistics, such as the name of the stage. Default: none.
   */
  ack(fate?: AckFate, reason?: string): void
  /**
   * One share could not be dealt with.
   *
   * @param fate `'failed'` where the value itself failed. Default `'abandoned'`.
   */
  nack(error: unknown, fate?: NackFate, reason?: string): void
}

/**
 * The tickets of the values of the last pull, index by index; a hole is a value without a ticket: it stands for itself.
 * Only the first `count` mean something: a filter moves tickets up and leaves the old ones behind.
 */
export type Tickets = (Ticket | undefined)[]
