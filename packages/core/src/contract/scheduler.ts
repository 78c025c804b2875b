/** Something the scheduler runs when it is ready: a sink's driver, the pump of a joint. */
export interface Task {
  run(): void
  /** The scheduler's own, from `enqueue` until it runs: the task that became ready after this one. */
  next?: Task | undefined
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
  /** Accounts `units` of work (values, turns). True when the time slice is used up: wake yourself and return. */
  spent(units: number): boolean
  /** How many values to ask for at once, so that one batch does not stretch the slice. */
  readonly batch: number
}
