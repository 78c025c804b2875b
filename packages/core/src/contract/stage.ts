import type { Outcome } from './outcome'
import type { Outlet, Wake } from './outlet'
import type { Scope } from './scope'
import type { Openable } from './source'
import type { Ticket } from './ticket'

/** The three states of a stage's clock. */
export type StageState = 'busy' | 'idle' | 'backpressured'

/** What a stage that owns a queue shows of it. */
export interface QueueProbe {
  readonly size: number
  readonly capacity: number
}

/** Something that runs when it is woken, never inside the call that wakes it. */
export interface WakeableTask {
  readonly wake: Wake
}

/** What the kernel gives the author of a source, operator or sink: the run's half of a stage. */
export interface Stage {
  /** The name it was given, else the operator's. Used by failures, stats and the graph. */
  readonly name: string
  readonly scope: Scope
  /** Tells the consumer that asking again may pay. Never pulls, so it may be called from anywhere. */
  readonly wake: Wake
  /** How many values of `into` are valid should the running pull throw; 0 at the start of each pull. */
  ready: number
  /**
   * Set by a puller that hands out values and knows that a pull right after would be answered PENDING: the consumer
   * may then leave that pull out, and is woken as if it had made it. False at the start of each pull.
   */
  dry: boolean
  /** What user code is looking at, for {@link Failure.item}. */
  item: unknown
  /** True from `fail` on. A task of the stage that threw has failed it too. */
  readonly failing: boolean
  /** Opens a further upstream. `wake` defaults to waking the consumer. */
  open<T>(upstream: Openable<T>, wake?: Wake): Outlet<T>
  /** A piece of work of this stage that runs when woken. What it throws becomes the stage's failure. */
  task(run: () => StageState): WakeableTask
  /**
   * Fails the stage from a callback. The puller goes on to hand out what it holds, answers PENDING while more of that
   * is on its way, and DONE when there is none: then the failure is thrown in place of the DONE.
   */
  fail(error: unknown, item?: unknown, attempt?: number): void
  /**
   * For a loop over a batch, where the k-th value failed: the `count` values before it are delivered now, then the
   * failure is thrown. Answers what `pull` should answer.
   */
  failAfter(count: number, error: unknown, item: unknown, ticket?: Ticket, attempt?: number): number
  /** Shows a queue of this stage in stats and graph. */
  expose(queue: QueueProbe): void
  /** Work that was told to stop but may still be running; the run waits for it, for a second at most. */
  linger(work: PromiseLike<unknown>): void
  /** Counts values that were dropped on purpose (overflow, skip). */
  drop(count: number): void
  /** How the stage ended; undefined while it runs. */
  readonly outcome: Outcome | undefined
}
