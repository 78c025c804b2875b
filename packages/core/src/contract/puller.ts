import type { Outcome } from './outcome'
import type { Failure } from './run'
import type { Tickets } from './ticket'

/**
 * What the author of a source or operator writes; the kernel makes an {@link Outlet} of it.
 *
 * The kernel sees to the protocol: it ends at most once, never pulls after the end, closes upstream, counts, names
 * failures. So a puller holds only the idea.
 */
export interface Puller<T> {
  /**
   * As {@link Outlet.pull}, and it may also answer 0: "nothing came of that batch, ask me again".
   *
   * It may leave anything in `into[count..limit)`, and must not write at `limit` or beyond.
   *
   * It may throw at any time: values already written to `into` are delivered first if `stage.ready` says how many.
   */
  pull(into: T[], limit: number): number
  /**
   * For a source: the run is being stopped, and no further read is begun. True: values are held, or a read is out; they
   * will be handed out, then DONE answered. Absent or false: the source is closed at once.
   *
   * A wait for something that belongs to Sluice (a queue, a timer, a permit) is cancelled here, and takes nothing.
   */
  halt?(): boolean
  /**
   * For an operator that has values of its own to give, as a queue on disk has: the run is being stopped, and sources are halted beside it. Called once, and
   * only in a stop.
   */
  onStop?(): void
  /**
   * For a source: true where it goes on for ever by its nature (a timer, events, a subscription, a topic, a file that grows).
   * A stop ends a live source wherever it stands. One that is not live, and was opened for an item that was read, is read
   * to its end. Default false.
   */
  readonly live?: boolean | undefined
  /** See {@link Outlet.elsewhere}. */
  readonly elsewhere?: Failure | undefined
  /** `onError` has decided to leave an item out and to start with a fresh state. Absent: there is none. */
  restart?(): void
  /** Called once, when the stage has ended for any reason; what it answers is awaited before the run settles. */
  close?(outcome: Outcome): unknown
  /**
   * The tickets of the values of the last pull; what stands beyond the count means nothing. An operator that emits upstream's values one for one hands on
   * `upstream.tickets`. Absent: tickets that come in are held until the run has ended.
   */
  readonly tickets?: Tickets | null | undefined
}
