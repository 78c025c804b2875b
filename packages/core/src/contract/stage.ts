import type { Clock } from './clock'
import type { AckFate, Fate } from './fate'
import type { Outcome } from './outcome'
import type { Outlet, Wake } from './outlet'
import type { Scope } from './scope'
import type { Openable } from './source'
import type { Ticket, Tickets } from './ticket'

/** The three states of a stage's clock. */
export type StageState = 'busy' | 'idle' | 'backpressured'

/** What a queue tells about the time since it was measured. */
export interface JointFigures {
  /** The most values that were held at once. */
  readonly highWater: number
  /** How long there was no room, in ms. */
  readonly fullMs: number
  /** How long nothing was held, in ms. */
  readonly emptyMs: number
  /** The age of the oldest value held, in ms; null where none is held, or where that is not known. */
  readonly oldestMs: number | null
  /** How often it ran empty after it had been full. */
  readonly bursts: number
}

/** A queue that is being measured. */
export interface JointMeasure {
  /** The figures up to now. */
  read(): JointFigures
  /** The figures stand still from now on. */
  stop(): void
}

/** What a stage that owns a queue shows of it. A `Held` is one, a `BoundedQueue` is, and so is any object with a size and a capacity. */
export interface QueueProbe {
  readonly size: number
  readonly capacity: number
  /** What the values held weigh together. */
  readonly weight?: number | undefined
  /** The most they may; absent where weights do not count. */
  readonly maxWeight?: number | undefined
  /** Begins to measure, by the clock of the run. Absent: the figures that this would give are not known. */
  measure?(clock: Clock): JointMeasure
}

/** What of a stage may be changed while it is at work; what is absent may not. */
export interface Adjustable {
  /** How many calls may be under way at once, as it is now; Infinity where there is no bound. */
  readonly concurrency?: number
  /** Another one, a whole number of at least 1: more begin at once, fewer are left as calls settle. */
  setConcurrency?(concurrency: number): void
  /** How much may pass in how much time, as it is now. */
  readonly rate?: AdjustableRate | undefined
  /** Another one, from now on. */
  setRate?(rate: AdjustableRate): void
}

/** How many values may pass in how much time. */
export interface AdjustableRate {
  /** So many values, a whole number of at least 1 … */
  readonly count: number
  /** … may pass in each period of this length, in ms. */
  readonly perMs: number
  /** The most values that may pass at once after a time without values. Default: `count`. */
  readonly burst?: number | undefined
}

/** Something that runs when it is woken, never inside the call that wakes it. */
export interface WakeableTask {
  readonly wake: Wake
}

/**
 * What holds up a stage that has something to do: `permit`, of a limit of calls at once; `rate`; `gate`, which is closed; `timer`; `retry`, the wait before
 * the next try; `pause`, of the run.
 */
export type LimitCause = 'permit' | 'rate' | 'gate' | 'timer' | 'retry' | 'pause'

/**
 * What a stage waits for: `call`, a function or a write of the user's; a {@link LimitCause}; `external`, anything else outside
 * the run.
 */
export type WaitKind = 'call' | 'external' | LimitCause

/** What an upstream is to the operator that opens it in the middle of its work. */
export type UpstreamRole = 'item' | 'source'

/** What the kernel gives the author of a source, operator or sink: the run's half of a stage. */
export interface Stage {
  /** The name it was given, else the operator's. Used by failures, stats and the graph. */
  readonly name: string
  readonly scope: Scope
  /** Tells the consumer that asking again may pay. Never pulls, so it may be called from anywhere. */
  readonly wake: Wake
  /**
   * How many pulls the consumer has made: tells one pull from the next. A stage that gathers from several upstreams asks
   * one that answered PENDING no second time in the same pull, even if that upstream wakes meanwhile.
   */
  readonly pulls: number
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
  /** This stage is part of what was opened for an item that another stage had read: a stop lets it come to its end. */
  readonly forItem: boolean
  /**
   * Opens a further upstream.
   *
   * @param wake called when asking it again may pay. Default: wakes the consumer.
   * @param role what the upstream is to an operator that opens it while it runs. `'item'` (default): it was made of a value
   * that was read, so a stop lets it come to its end. `'source'`: it is one more source of the pipeline, as the second one
   * of `concat` is, so a stop halts it.
   */
  open<T>(upstream: Openable<T>, wake?: Wake, role?: UpstreamRole): Outlet<T>
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
   *
   * @param ticket of the failed value, which is given back; null where that has been done already.
   */
  failAfter(count: number, error: unknown, item: unknown, ticket?: Ticket | null, attempt?: number): number
  /**
   * The slice is used up in the middle of a pull: answers the `written` values that are there, or wakes the consumer and
   * answers PENDING. Written as `return stage.giveWay(written)`.
   */
  giveWay(written: number): number
  /**
   * The stage begins to wait for something outside the run, or for a call of the user's, while an upstream of it may be
   * pending too: a permit, an event, a promise. While one such wait is on, the run is not taken for stuck. What a task waits
   * for is told by its state, timers of the run's clock are known, and a source waits for the outside anyway. A wait
   * for a {@link LimitCause} counts in the state `limited`.
   *
   * @returns ends the wait; a second call does nothing.
   */
  waitFor(what: WaitKind): () => void
  /**
   * Calls `callback` after `delayMs` of the run's clock. Until then the stage counts as held up, in the state `limited`: for what a stage does
   * with values that it has. A timer that ends a wait for input is set with `scope.clock`.
   *
   * @param cause what the time is shown as. Default `'timer'`.
   * @returns cancels the call. Called with `true` it says that input has ended the wait, as it does for a batch that is full before its time: the
   * time counts as `idle` then.
   */
  after(delayMs: number, callback: () => void, cause?: LimitCause): (wasForInput?: boolean) => void
  /** Shows a queue of this stage in stats and graph. */
  expose(queue: QueueProbe): void
  /** Says what of this stage may be changed while it is at work, by `setConcurrency` and `setRate`. */
  adjusts(by: Adjustable): void
  /**
   * Shows further figures of this stage in stats: those that only stages of its kind have.
   *
   * @param read called by `stats()`; answers plain texts and numbers, or undefined where there is nothing to show now.
   */
  show(read: () => Readonly<Record<string, number | string>> | undefined): void
  /**
   * Work that was told to stop but may still be running; the run waits for it, for a second at most.
   *
   * @param onLeft called where the run does not wait any longer.
   */
  linger(work: PromiseLike<unknown>, onLeft?: () => void): void
  /**
   * A call did not end within its time after it was told to stop, and what it held is given to others while it goes on:
   * counted in the figures of this stage, which is named in `run.unstopped`.
   */
  overrun(): void
  /** Counts values that were dropped on purpose, in the figures of this stage only: see {@link Stage.settle}. */
  drop(count: number): void
  /**
   * A value ends at this stage. Its ticket is told; a plain value, which has none, is counted in the totals of the run.
   *
   * @param fate `'dropped'` also counts in the figures of this stage.
   * @param reason a short word for the totals. Default: the name of the stage.
   */
  settle(ticket: Ticket | undefined, fate: AckFate, reason?: string): void
  /** As `settle`, for `count` plain values at once. */
  settleCount(count: number, fate: Fate): void
  /** For a source inside a run: its values come from `feeder`, another stage of the same run, and were read there. */
  fedBy(feeder: Stage): void
  /** The stage has made `count` values of its own, of no value that it took: they count as read. */
  made(count: number): void
  /** A value failed for good at this stage: its ticket is given back as failed, a plain value is counted as failed. */
  giveUp(ticket: Ticket | undefined, error: unknown): void
  /**
   * One ticket for `count` values that become one. Settling it settles them all, the plain ones among them too.
   *
   * @param tickets null where all of them are plain.
   */
  join(tickets: Tickets | null | undefined, count: number): Ticket | undefined
  /**
   * A ticket with `shares` shares, 1 or more, for a value that becomes several.
   *
   * @param ticket the value's own, which is split; undefined for a plain value, which gets one.
   */
  share(ticket: Ticket | undefined, shares: number): Ticket
  /** How the stage ended; undefined while it runs. */
  readonly outcome: Outcome | undefined
}
