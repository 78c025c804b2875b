/**
 * How something ended, as told to everything that has to clean up after itself.
 *
 * - `completed`: the end was reached; every value was dealt with.
 * - `failed`: an error ended it.
 * - `cancelled`: the consumer wanted no more (`take`, `first`, `break`, abort); `reason` is what it gave.
 */
export type Outcome =
  | { readonly status: 'completed' }
  | { readonly status: 'failed'; readonly error: unknown }
  | { readonly status: 'cancelled'; readonly reason: unknown }

/** The one `completed` outcome. */
export const COMPLETED: Outcome = { status: 'completed' }

/**
 * Why something ended early: its error, or the reason it was given; undefined where it completed.
 *
 * @example
 * ```ts
 * close(outcome) { for (const ticket of held) ticket.nack(reasonOf(outcome)) }
 * ```
 */
export function reasonOf(outcome: Outcome): unknown {
  if (outcome.status === 'completed') return undefined
  return outcome.status === 'failed' ? outcome.error : outcome.reason
}
