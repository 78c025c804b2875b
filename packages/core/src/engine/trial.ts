import type { Ticket } from '../contract/ticket'

/**
 * What is known of an item that failed.
 *
 * - `open`: nothing was decided, the item is being worked on
 * - `deciding`: a dead letter is being written, or the wait before the next try is not over
 * - `again`: the next try may begin
 * - `skipped`: the item is left out, or its dead letter is written
 * - `failed`: the item has failed for good, with `error`
 * - `dropped`: the stage ended, or gave the item back, before anything was decided
 */
export type Verdict = 'open' | 'deciding' | 'again' | 'skipped' | 'failed' | 'dropped'

/**
 * One item before its supervisor. {@link Trials} decides about it.
 *
 * ```text
 *   begin ─▶ open ── the attempt fails ─▶ deciding ─┬▶ again ── tryAgain() ─▶ open, attempt + 1
 *             ▲                                     ├▶ skipped, failed      the ticket is settled
 *             └── begin: used for another item ─────┴▶ dropped              the ticket was given back
 * ```
 *
 * An object may serve one item after the other, so that a stage with many items makes few of them.
 *
 * Invariant: the fate of an item is told at most once; after `skipped`, `failed` and `dropped` there is no ticket.
 */
export class Trial<A> {
  item: A | undefined
  ticket: Ticket | undefined
  /** 1 on the first try. */
  attempt = 1
  verdict: Verdict = 'open'
  /** An attempt has failed: there is something to {@link reset}. */
  hasFailed = false
  /** What the item failed with last; of one that has failed for good, why. */
  error: unknown

  /** Another item takes the stand. */
  begin(item: A, ticket: Ticket | undefined): void {
    this.item = item
    this.ticket = ticket
    this.attempt = 1
    this.verdict = 'open'
  }

  /** The next try begins. */
  tryAgain(): void {
    this.attempt++
    this.verdict = 'open'
  }

  /** Nothing will come of the item: its ticket goes back, once, and whatever is decided later does not count. */
  giveBack(reason: unknown): void {
    const { ticket } = this
    if (this.verdict === 'deciding' || this.verdict === 'again') this.verdict = 'dropped'
    this.ticket = undefined
    ticket?.nack(reason)
  }

  /** Lets go of the item, its ticket and its error. */
  clear(): void {
    this.item = this.ticket = undefined
    this.reset()
  }

  /** As before the first try. */
  reset(): void {
    this.hasFailed = false
    this.error = undefined
    this.attempt = 1
    this.verdict = 'open'
  }
}
