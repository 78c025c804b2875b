/** What went wrong with a thread, rather than in its function. */
export type ThreadErrorKind =
  /** It ended while it had items: `process.exit`, an uncaught error, no memory. */
  | 'exited'
  /** It never said that it was ready. */
  | 'start'
  /** The item cannot be sent to it. */
  | 'item'
  /** What came of the item cannot be sent back. */
  | 'result'

/** A thread has failed, or what should go to it or come from it cannot be sent. `cause` is what it said of that, if anything. */
export class ThreadError extends Error {
  override readonly name = 'ThreadError'
  readonly code = 'SLUICE_THREAD'

  constructor(
    readonly kind: ThreadErrorKind,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
