import { Trial, type Ticket } from '@sluice/core/authoring'

/** What became of an item so far; 'open' until it is decided. */
export type JobState = 'open' | 'done' | 'skipped' | 'failed'

/** One item on its way through a stage of threads, and its trial. */
export class Job<A, B> extends Trial<A> {
  declare item: A
  state: JobState = 'open'
  value: B | undefined
  /** Handed over to a thread, buffers and all: it cannot be sent again. */
  givenAway = false

  constructor(item: A, ticket: Ticket | undefined) {
    super()
    this.begin(item, ticket)
  }
}
