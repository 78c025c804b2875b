import { ProtocolError, type Outcome, type Source } from '@sluice/core'
import { DONE, Held, PENDING, source, type Stage } from '@sluice/core/authoring'

/** What Node waits for after a write. */
export type Answer = (error?: Error | null) => void

/**
 * The source behind the writable half of a Node stream.
 *
 * A write is answered when its values were pulled, so what waits is in the stream's own buffer, bounded by its
 * `highWaterMark`. Invariant: there is one write at most, and `#answer` is there until it is answered.
 */
export class DuplexInput<T> {
  readonly source: Source<T>
  #stage: Stage | undefined
  readonly #held = new Held<T>({ capacity: Infinity })
  #answer: Answer | undefined
  #ended = false
  /** No value is wanted any more: those that are still written are taken and dropped, so that the writer gets to its end. */
  #dropping = false

  constructor(name: string) {
    this.source = source<T>(name, (stage) => {
      // An operator that tries again would get the rest, without the values that the first try has taken.
      if (this.#stage) throw new ProtocolError(`${name}: what is written to a stream can be read once`)
      this.#stage = stage
      return {
        live: true,
        pull: (into, limit) => this.#pull(into, limit),
        halt: () => {
          this.#ended = true
          return !this.#held.isEmpty
        },
        close: (outcome) => { this.#close(outcome) },
      }
    })
  }

  /** For `_write` and `_writev`. */
  put(values: readonly T[], answer: Answer): void {
    this.#answer = answer
    if (this.#dropping) {
      this.#reply()
      return
    }
    this.#held.pushAll(values, 0, values.length, null)
    this.#stage?.wake()
  }

  /** For `_final`: answered when everything that was written has been pulled. */
  end(answer: Answer): void {
    this.#ended = true
    this.#answer = answer
    if (this.#dropping) this.#reply()
    else this.#stage?.wake()
  }

  /** The run has settled. */
  over(error?: Error): void {
    this.#dropping = true
    this.#reply(error)
  }

  /** What a failure comes to is known when the run has settled. */
  #close(outcome: Outcome): void {
    this.#held.giveBack(undefined)
    if (outcome.status === 'cancelled' && outcome.reason === undefined) this.over()
  }

  #pull(into: T[], limit: number): number {
    const count = this.#held.drainInto(into, null, limit)
    if (this.#held.isEmpty) this.#reply()
    return count > 0 ? count : this.#ended ? DONE : PENDING
  }

  /** Not inside the pull: whoever wrote may do anything when he is answered. */
  #reply(error?: Error): void {
    const answer = this.#answer
    this.#answer = undefined
    if (answer) process.nextTick(answer, error)
  }
}
