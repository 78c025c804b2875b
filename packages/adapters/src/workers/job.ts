import type { Ticket } from '@sluice/core'

/** What became of an item so far; 'open' until it is decided. */
export type JobState = 'open' | 'done' | 'skipped' | 'failed'

/** One item on its way through a stage of threads. */
export class Job<A, B> {
  state: JobState = 'open'
  value: B | undefined
  error: unknown
  attempt = 1
  /** Handed over to a thread, buffers and all: it cannot be sent again. */
  givenAway = false

  constructor(
    public item: A,
    public ticket: Ticket | undefined,
  ) {}
}
