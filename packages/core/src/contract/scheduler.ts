/** Something the scheduler runs when it is ready: a sink's driver, the pump of a joint. */
export interface Task {
  run(): void
  /** The scheduler's own, from `enqueue` until it runs: the task that became ready after this one. */
  next?: Task | undefined
  /** The scheduler's own: units of work that this task may do between two looks at the clock. */
  granted?: number
  /** The scheduler's own: how long a unit of this task's work took when last seen, in ms. */
  unitMs?: number
  /** The scheduler's own: while others work, this task is passed over until then, because it took more than its share. */
  restsUntil?: number
  /** Called by the scheduler when it sees that the work of the last while took long, and nothing rested meanwhile: see `LoopLedger`. */
  tookLong?(ms: number): void
}

/**
 * Decides when ready tasks run. Injected through the scope, so that a test owns the interleaving.
 *
 * `enqueue` never runs anything inside the call: waking and running are two things, so there is no re-entry.
 */
export interface Scheduler {
  /** Takes a ready task. A task is enqueued at most once until it runs; the caller sees to that. */
  enqueue(task: Task): void
  /**
   * Calls `wake` and then, where the stack is clean, runs what it made ready, without a microtask in between.
   * Only for the top of an asynchronous callback (a promise reaction, a timer, an event).
   */
  dispatch(wake: () => void): void
  /**
   * Accounts `units` of work of the running task: values that the kernel did not see, turns. Values that stages hand on
   * are accounted by the kernel.
   *
   * @param units 0 or more.
   * @returns true when the time slice is used up: wake yourself and return.
   */
  spent(units: number): boolean
  /** The kernel's: accounts `units` of work of the running task, the values that a stage hands on. */
  worked?(units: number): void
  /**
   * The kernel's, asked before each pull: true when the time slice is used up, and the stage is to answer PENDING at
   * once. A scheduler that answers true has to answer false, sooner or later, to a task that goes on after that.
   */
  isSpent?(): boolean
  /** How many values to ask for at once, so that one batch does not stretch the slice: 1 to 64, for the running task. */
  readonly batch: number
}
