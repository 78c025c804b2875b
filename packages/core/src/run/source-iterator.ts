import { DONE, PENDING } from '../contract/answers'
import { COMPLETED, type Outcome } from '../contract/outcome'
import type { Outlet, Wake } from '../contract/outlet'
import type { Openable } from '../contract/source'
import { RunScope } from '../engine/run-scope'
import { RunningStage } from '../engine/running-stage'
import { capture } from '../site/capture'
import { refusalOf } from './forestall'
import { contextOf } from './watch-runs'

type Answer<T> = IteratorResult<T, undefined>

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * A source as an async iterator. A value is pulled when it is asked for, so leaving the loop early has read nothing
 * ahead, and closes everything upstream before it goes on.
 *
 * Concurrent calls of `next` are answered in the order they were made: each waits for the one before it. After the end
 * every call is answered `done`.
 */
export class SourceIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Openable<T>
  readonly #slot: (T | undefined)[] = []
  #scope: RunScope | undefined
  #stage: RunningStage<T> | undefined
  #outlet: Outlet<T> | undefined
  #wake: Wake = () => {}
  #closed: Promise<void> | undefined
  /** The latest request that is not answered yet. */
  #latest: Promise<Answer<T>> | undefined
  /** Answers the request that waits for a value; there is one at most. */
  #answer: ((answer: Promise<Answer<T>>) => void) | undefined

  constructor(source: Openable<T>) {
    this.#source = source
  }

  next(): Promise<Answer<T>> {
    const answer = this.#latest === undefined ? this.#step() : this.#stepAfter(this.#latest)
    if (this.#answer === undefined && this.#latest === undefined) return answer
    return this.#follow(answer)
  }

  #stepAfter(latest: Promise<Answer<T>>): Promise<Answer<T>> {
    const step = (): Promise<Answer<T>> => this.#step()
    return latest.then(step, step)
  }

  /** Requests that come before the answer wait for the answer. Apart, for closures in `next` would cost each value a context. */
  #follow(answer: Promise<Answer<T>>): Promise<Answer<T>> {
    this.#latest = answer
    const done = (): void => { if (this.#latest === answer) this.#latest = undefined }
    answer.then(done, done)
    return answer
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await this.#close({ status: 'cancelled', reason: undefined })
    return END
  }

  async throw(error: unknown): Promise<IteratorReturnResult<undefined>> {
    await this.#close({ status: 'cancelled', reason: error })
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  /** One value, the end, or a promise that a wake will answer. */
  #step(): Promise<Answer<T>> {
    // A loop that awaits what is there already never leaves the microtasks by itself.
    if (this.#scope?.scheduler.spent(1) !== true || this.#closed) return this.#pull()
    const answer = new Promise<Answer<T>>((resolve) => { this.#answer = resolve })
    this.#wake()
    return answer
  }

  #pull(): Promise<Answer<T>> {
    if (this.#closed) return this.#closed.then(() => END)
    let count: number
    try {
      this.#outlet ??= this.#open()
      const outer = capture.inside
      capture.inside = this.#stage
      try {
        count = this.#outlet.pull(this.#slot as T[], 1)
      } finally {
        capture.inside = outer
      }
    } catch (error) {
      return this.#close({ status: 'failed', error }).then(() => { throw error })
    }
    if (count === DONE) return this.#close(COMPLETED).then(() => END)
    if (count === PENDING) return new Promise((resolve) => { this.#answer = resolve })
    const value = this.#slot[0] as T
    this.#slot[0] = undefined
    // Whoever iterates has the value now: it counts as dealt with.
    this.#stage?.delivered(this.#outlet.tickets, 1)
    return Promise.resolve({ done: false, value })
  }

  #open(): Outlet<T> {
    const refusal = refusalOf(this.#source)
    if (refusal !== undefined) throw refusal
    const scope = (this.#scope = new RunScope({ name: 'iteration' }))
    const stage = (this.#stage = new RunningStage<T>(scope, 'sink', 'iteration', () => {}))
    const task = stage.task(() => {
      this.#serve()
      return 'idle'
    })
    this.#wake = task.wake
    const outlet = stage.open(this.#source, task.wake)
    scope.start()
    scope.tasks.within = contextOf(undefined)
    return outlet
  }

  #serve(): void {
    const answer = this.#answer
    this.#answer = undefined
    answer?.(this.#pull())
  }

  /** Ends the run; answers when it was cleaned up. A request that is still waiting is answered `done` then. */
  #close(outcome: Outcome): Promise<void> {
    if (this.#closed === undefined) {
      const scope = this.#scope
      this.#closed = new Promise<void>((resolve, reject) => {
        if (scope === undefined || this.#stage === undefined) {
          resolve()
          return
        }
        scope.end(this.#stage, outcome, () => {
          const { errors } = scope.cleanups
          if (errors.size > 0 && outcome.status !== 'failed') reject([...errors][0])
          else resolve()
        })
      })
      // Whoever asks later hears of it; that nobody does is no failure.
      this.#closed.catch(() => {})
      this.#serve()
    }
    return this.#closed
  }
}
