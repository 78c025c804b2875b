import type { Outcome } from './outcome'
import type { Failure } from './run'
import type { Tickets } from './ticket'

/**
 * The running end of a source or operator: what its consumer pulls from. One consumer, one run.
 *
 * ```text
 *            pull(into, limit) ◀── demand ── consumer
 *   outlet ──────────────────────▶ count | PENDING | DONE | throw
 *          ──── wake() ──────────▶ "ask again" (never carries a value, never pulls)
 * ```
 */
export interface Outlet<T> {
  /**
   * Writes at most `limit` (≥ 1) values to `into[0..]`, now, without waiting.
   *
   * Answers how many (≥ 1), `PENDING` or `DONE`. Throws the failure; a throw is the end.
   *
   * Only `into[0..count)` means something afterwards, and nothing after any other answer: a filter compacts in place,
   * so `into[count..limit)` may hold values that were left out. A caller never reads beyond the count and never trusts
   * `into.length`; an array that is kept is cut to the count first. The outlet writes nothing at `limit` or beyond, and
   * keeps no reference to `into`.
   */
  pull(into: T[], limit: number): number
  /** The consumer wants no more, or the run ended. Idempotent. Releases everything upstream; may be awaited. */
  close(outcome: Outcome): void | Promise<void>
  /**
   * A hint after a pull that answered values: another one now would be answered PENDING, and the wake that goes with
   * it is promised already. Half of all pulls of an asynchronous source are saved by it.
   */
  readonly dry?: boolean
  /**
   * In a tracked run, the tickets of the values of the last pull, valid until the next one; else null or absent.
   * Each pull writes all of `tickets[0..count)`, holes included: a consumer may have moved what stood there. Beyond the
   * count they mean as little as the values there, and the length of the list says nothing.
   * Fixed when the outlet is opened: whether a run is tracked never changes.
   */
  readonly tickets?: Tickets | null
  /** A stop has ended a live source behind this outlet, which was opened for an item: more would have come. */
  readonly cutShort?: boolean | undefined
  /** See {@link Puller.live}. */
  readonly live?: boolean | undefined
  /** What the run that has failed says of the failure, where what is thrown here is the failure of another run. */
  readonly elsewhere?: Failure | undefined
  /** A stop has ended a source behind this outlet before the source was at its end: a text or a file may lack its rest. */
  readonly endedEarly?: boolean
}

/** Something asked to call back when a `PENDING` may have changed. Spurious calls are legal, a lost one is not. */
export type Wake = () => void
