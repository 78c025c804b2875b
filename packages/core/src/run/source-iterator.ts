import { DONE, PENDING } from '../contract/answers'
import type { Outcome } from '../contract/outcome'
import type { Outlet } from '../contract/outlet'
import type { Openable } from '../contract/source'
import { RunScope } from '../engine/run-scope'
import { RunningStage } from '../engine/running-stage'
import { Waiters } from '../queue/waiters'

interface Request<T> {
  readonly resolve: (result: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * A source as an async iterator. A value is pulled when it is asked for, so leaving the loop early has read nothing
 * ahead, and closes everything upstream before it goes on.
 *
 * Concurrent calls of `next` are answered in the order they were made. After the end every call is answered `done`.
 */
export class SourceIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Openable<T>
  readonly #requests = new Waiters<Request<T>>()
  readonly #slot: (T | undefined)[] = []
  #scope: RunScope | undefined
  #stage: RunningStage<T> | undefined
  #outlet: Outlet<T> | undefined
  #closed: Promise<void> | undefined

  constructor(source: Openable<T>) {
    this.#source = source
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#closed) return this.#closed.then(() => END)
    if (this.#requests.isEmpty) {
      try {
        const result = this.#pull()
        if (result) return Promise.resolve(result)
      } catch (error) {
        return this.#close({ status: 'failed', error }).then(() => Promise.reject(error as Error))
      }
      // Pulling may have found the end.
      const closed = this.#closed as Promise<void> | undefined
      if (closed) return closed.then(() => END)
    }
    return new Promise((resolve, reject) => this.#requests.park({ resolve, reject }))
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

  /** A value, or undefined when none is there yet or the end was reached (then `#closed` is set). */
  #pull(): IteratorYieldResult<T> | undefined {
    const outlet = (this.#outlet ??= this.#open())
    const count = outlet.pull(this.#slot as T[], 1)
    if (count === PENDING) return undefined
    if (count === DONE) {
      void this.#close({ status: 'completed' })
      return undefined
    }
    const value = this.#slot[0] as T
    this.#slot[0] = undefined
    // Whoever iterates has the value now: it counts as dealt with.
    outlet.tickets?.[0]?.ack()
    return { done: false, value }
  }

  #open(): Outlet<T> {
    const scope = (this.#scope = new RunScope({ name: 'iteration' }))
    const stage = (this.#stage = new RunningStage<T>(scope, 'sink', 'iteration', () => {}))
    const task = stage.task(() => {
      this.#serve()
      return 'idle'
    })
    stage.start(() => ({ pull: () => DONE }))
    const outlet = stage.open(this.#source, task.wake)
    scope.started = true
    return outlet
  }

  #serve(): void {
    while (!this.#requests.isEmpty && this.#closed === undefined) {
      let result: IteratorYieldResult<T> | undefined
      try {
        result = this.#pull()
      } catch (error) {
        const request = this.#requests.serve()
        void this.#close({ status: 'failed', error }).then(() => request?.reject(error))
        return
      }
      if (result === undefined) return
      this.#requests.serve()?.resolve(result)
    }
  }

  /** Ends the run; answers when it was cleaned up. Requests that are still waiting are answered `done` then. */
  #close(outcome: Outcome): Promise<void> {
    return (this.#closed ??= new Promise<void>((resolve, reject) => {
      const scope = this.#scope
      const settle = (): void => {
        for (let request = this.#requests.serve(); request; request = this.#requests.serve()) request.resolve(END)
        const error = scope?.cleanups.errors[0]
        if (error !== undefined && outcome.status !== 'failed') reject(error)
        else resolve()
      }
      if (scope === undefined) {
        settle()
        return
      }
      if (outcome.status !== 'completed') scope.abortSignal(outcome.status === 'failed' ? outcome.error : outcome.reason)
      this.#stage?.close(outcome)
      scope.cleanups.whenIdle(() => {
        scope.closeAll(outcome)
        scope.finalize()
        scope.cleanups.whenIdle(() => {
          scope.abandonTickets(undefined)
          settle()
        })
      })
    }))
  }
}
