import { calledWithin } from '../copies/context-carriers'
import { promiseOf } from '../foreign/promise-of'
import type { Call } from './call'
import type { CallMaker } from './call-maker'
import type { Calls } from './calls'

/** A function of the user's that is called for each value. */
export type Work<A, B> = (item: A, context: Call<A, B>) => B | PromiseLike<B>

/** Calls of a function, so many at once. */
export class FunctionCalls<A, B> implements CallMaker<A, B> {
  capacity: number
  /** The function has answered a promise. */
  isAsynchronous = false
  readonly #calls: Calls<A, B>
  readonly #work: Work<A, B>
  readonly #follows: boolean
  concurrency: number

  /**
   * @param concurrency calls that run at once, at most: 1 or more.
   * @param beside values that are held beside them, at most: 0 or more.
   * @param follows whether `beside` is the concurrency where that is changed. Default: it stays as it is.
   */
  constructor(calls: Calls<A, B>, work: Work<A, B>, concurrency: number, beside: number, follows = false) {
    this.#calls = calls
    this.#work = work
    this.concurrency = concurrency
    this.capacity = concurrency + beside
    this.#follows = follows
  }

  setConcurrency(concurrency: number): void {
    this.capacity = concurrency + (this.#follows ? concurrency : this.capacity - this.concurrency)
    this.concurrency = concurrency
  }

  room(running: number): number {
    return this.concurrency - running
  }

  make(call: Call<A, B>): void {
    let answer: B | PromiseLike<B>
    try {
      const within = call.ticket?.within
      answer = within === undefined ? this.#work(call.item as A, call) : calledWithin(within, () => this.#work(call.item as A, call))
    } catch (error) {
      this.#calls.rejected(call, error)
      return
    }
    const promise = promiseOf(answer)
    if (promise === undefined) {
      this.#calls.resolved(call, answer as B)
      return
    }
    this.follow(call, promise)
  }

  /** The function has answered a promise for a call. */
  follow(call: Call<A, B>, promise: Promise<B>): void {
    this.isAsynchronous = true
    // A value that was awaited settles in a later microtask, never in this call.
    promise.then(call.onResolve, call.onReject)
  }
}
