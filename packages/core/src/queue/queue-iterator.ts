import type { QueueState } from './queue-state'
import { END, Taker } from './taker'

/**
 * One consumer of a queue as an async iterator. Concurrent calls of `next` are served in order; `return` answers them
 * `done` at once and takes nothing more, and leaves the queue to the others.
 *
 * The iterator keeps its takers that wait in a list of their own, and takes them out of the line when it leaves: an abort
 * signal in its place would cost a listener for each take.
 */
export class QueueIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #state: QueueState<T>
  readonly #leave: () => void
  #first: Taker<T> | undefined
  #last: Taker<T> | undefined
  #hasLeft = false
  /** The first taker leaves the list: takers are served in their order. Made once, for all takers. */
  readonly #moveUp = (): void => {
    this.#first = this.#first?.after
    if (this.#first === undefined) this.#last = undefined
  }

  /** @param leave told when this consumer has gone; a second call does nothing. */
  constructor(state: QueueState<T>, leave: () => void) {
    this.#state = state
    this.#leave = leave
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#hasLeft) return Promise.resolve(END)
    const state = this.#state
    if (state.canTakeNow) return Promise.resolve({ done: false, value: state.takeNow() })
    return new Promise((resolve, reject) => {
      const taker = new Taker<T>('result', 1, 1, resolve, reject)
      taker.leave = this.#moveUp
      if (this.#last === undefined) this.#first = taker
      else this.#last.after = taker
      this.#last = taker
      state.arrive(taker, undefined)
    })
  }

  return(): Promise<IteratorReturnResult<undefined>> {
    this.#hasLeft = true
    // Takers of one value: nobody behind them can be served for their going.
    for (let taker = this.#first; taker !== undefined; taker = this.#first) {
      this.#state.takes.remove(taker)
      taker.end()
    }
    this.#leave()
    return Promise.resolve(END)
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }
}
