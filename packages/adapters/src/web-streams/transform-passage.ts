import { from, type Outcome } from '@sluice/core'
import { drive, sink, reasonOf, type Drive, type Openable, type Puller, type Stage } from '@sluice/core/authoring'
import { ReadablePuller } from './readable-puller'
import type { TransformPair } from './through-transform'
import { WritableIntake } from './writable-intake'

/**
 * The running half of `throughTransform`: a pipeline of its own writes, the pulls of the consumer read.
 *
 * Invariants: what the readable side says comes first: its end, its failure, its values; a failure of the writing side is
 * told only when a read finds nothing there. Both sides are ended once, when the stage ends.
 */
export class TransformPassage<A, B> implements Puller<B> {
  readonly #stage: Stage
  readonly #reading: ReadablePuller<B>
  readonly #feed: Drive
  readonly #fed: Promise<void>
  #intake: WritableIntake<A> | undefined
  #started = false

  constructor(upstream: Openable<A>, stage: Stage, pair: TransformPair<A, B>) {
    const { readable, writable } = pair
    this.#stage = stage
    this.#reading = new ReadablePuller<B>({
      open: () => readable.getReader(),
      abandon: (reason) => readable.cancel(reason),
      preventCancel: false,
    }, stage)
    // The stream is left as it is when the writing ends: it is ended when the stage is.
    const writing = sink<A, number>(stage.name, (inner) => (this.#intake = new WritableIntake<A>(writable, inner, { keep: true })))
    let finished!: () => void
    this.#fed = new Promise((resolve) => { finished = resolve })
    this.#feed = drive(stage, from(upstream).to(writing), (outcome) => {
      finished()
      if (outcome.status === 'failed') this.#failed(outcome.error)
    })
  }

  pull(into: B[], limit: number): number {
    if (!this.#started) {
      this.#started = true
      this.#intake?.begin()
      this.#feed.start()
    }
    const count = this.#reading.pull(into, limit)
    // Values that come out are new ones: those that went in are settled when they were written.
    if (count > 0) this.#stage.made(count)
    return count
  }

  /** The readable side first: once the writable was aborted, a cancel would be answered with that. */
  close(outcome: Outcome): unknown {
    const reason = reasonOf(outcome)
    const cancelled = this.#reading.close(outcome)
    // All was written, and the transform has said its last: the close of the writable is about to be answered.
    if (outcome.status === 'completed' && this.#intake?.ending && !this.#intake.failed) return this.#fed
    const aborted = this.#intake?.tearDown(reason)
    this.#feed.end(outcome.status === 'completed' ? { status: 'cancelled', reason: undefined } : outcome)
    return bothEnded(cancelled, aborted, reason)
  }

  /** Not before what was written has come through: it belongs before the failure. */
  #failed(error: unknown): void {
    const written = this.#intake?.idle() ?? Promise.resolve()
    void written.then(() => { this.#reading.failWhenDry(error) })
  }
}

/** Waits for both sides; that one tells what the other was ended with is no failure. */
async function bothEnded(cancelled: unknown, aborted: unknown, reason: unknown): Promise<void> {
  for (const side of await Promise.allSettled([cancelled, aborted])) {
    if (side.status === 'rejected' && side.reason !== reason) throw side.reason
  }
}
