import { type HandOverOptions, type Outcome, type PublishableTopic } from '@sluice/core'
import { DONE, PENDING, reasonOf, type Outlet, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'

/**
 * The running half of `publish`: tries each value at once, and where a subscriber is in the way waits for the topic.
 *
 * Invariant: [#at, #count) of the batch was read and not handed on; while there is any, nothing is read.
 */
export class Publishing<A> implements Puller<A> {
  readonly tickets: Tickets | null
  readonly #upstream: Outlet<A>
  readonly #stage: Stage
  readonly #topic: PublishableTopic<A>
  readonly #options: HandOverOptions
  readonly #batch: A[] = []
  #at = 0
  #count = 0
  /** The value at hand was accepted after it had to be waited for. */
  #accepted = false
  /** Gives up the value that is waited for. */
  #waiting: AbortController | undefined

  constructor(upstream: Outlet<A>, stage: Stage, topic: PublishableTopic<A>, options: HandOverOptions) {
    this.#upstream = upstream
    this.#stage = stage
    this.#topic = topic
    this.#options = options
    this.tickets = upstream.tickets ? [] : null
  }

  pull(into: A[], limit: number): number {
    if (this.#stage.failing) return DONE
    if (this.#waiting) return PENDING
    if (this.#at === this.#count) {
      const count = this.#upstream.pull(this.#batch, limit)
      if (count < 1) return count
      this.#at = 0
      this.#count = count
    }
    let written = 0
    while (this.#at < this.#count && written < limit) {
      const value = this.#batch[this.#at] as A
      this.#stage.item = value
      if (!this.#accepted && !this.#topic.tryPublish(value)) {
        this.#wait(value)
        break
      }
      this.#accepted = false
      into[written] = value
      if (this.tickets) this.tickets[written] = this.#upstream.tickets?.[this.#at]
      this.#batch[this.#at++] = undefined as A
      this.#stage.ready = ++written
    }
    this.#stage.item = undefined
    return written > 0 ? written : PENDING
  }

  close(outcome: Outcome): void {
    const reason = reasonOf(outcome)
    for (; this.#at < this.#count; this.#at++) {
      this.#upstream.tickets?.[this.#at]?.nack(reason)
      this.#batch[this.#at] = undefined as A
    }
    this.#waiting?.abort()
    const { preventClose = false, preventAbort = false } = this.#options
    if (outcome.status === 'failed' || reason !== undefined) {
      if (!preventAbort) this.#topic.fail(reason)
    } else if (!preventClose) {
      this.#topic.close()
    }
  }

  #wait(value: A): void {
    const waiting = (this.#waiting = new AbortController())
    this.#topic.publish(value, { signal: waiting.signal }).then(
      () => {
        this.#waiting = undefined
        this.#accepted = true
        this.#stage.scope.scheduler.dispatch(this.#stage.wake)
      },
      (error: unknown) => {
        this.#waiting = undefined
        // Given up, because the stage has ended.
        if (!waiting.signal.aborted) this.#stage.fail(error, value)
      },
    )
  }
}
