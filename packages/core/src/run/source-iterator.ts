import { PENDING } from '../contract/answers'
import type { Run } from '../contract/run'
import type { Scope } from '../contract/scope'
import type { Intake } from '../contract/sink'
import type { Openable } from '../contract/source'
import type { Stage } from '../contract/stage'
import { Running } from './running'

const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/** A call of `next` that is not answered yet. */
interface Request<T> {
  readonly resolve: (answer: IteratorResult<T, undefined>) => void
  readonly reject: (error: unknown) => void
}

/**
 * A source as an async iterator: a run whose sink wants as many values as were asked for.
 *
 * ```text
 *   next() ─▶ [requests] ─ demand ─▶ sink ◀─ … ◀─ source
 *      ◀──────────────── write ───────┘
 * ```
 *
 * A value is pulled when it is asked for, so leaving the loop early has read nothing ahead, and closes everything
 * upstream before it goes on. Concurrent calls of `next` are answered in the order they were made; after the end every
 * call is answered `done`.
 */
export class SourceIterator<T> implements AsyncIterableIterator<T, undefined> {
  readonly #source: Openable<T>
  readonly #requests: Request<T>[] = []
  #run: Run<void> | undefined
  #stage!: Stage
  /** There once it has ended, or was told to; settles when everything is closed. */
  #closed: Promise<void> | undefined

  constructor(source: Openable<T>) {
    this.#source = source
  }

  next(): Promise<IteratorResult<T, undefined>> {
    if (this.#closed) return this.#closed.then(() => END)
    return new Promise((resolve, reject) => {
      this.#requests.push({ resolve, reject })
      this.#run ??= this.#start()
      this.#stage.scope.scheduler.dispatch(this.#stage.wake)
    })
  }

  async return(): Promise<IteratorReturnResult<undefined>> {
    await (this.#closed ??= this.#close(undefined))
    return END
  }

  async throw(error: unknown): Promise<IteratorReturnResult<undefined>> {
    await (this.#closed ??= this.#close(error))
    throw error
  }

  [Symbol.asyncIterator](): this {
    return this
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.return()
  }

  #start(): Run<void> {
    const open = (_scope: Scope, stage: Stage): Intake<T, void> => {
      this.#stage = stage
      return {
        demand: () => this.#requests.length || PENDING,
        write: (values, count) => {
          this.#requests.splice(0, count).forEach(({ resolve }, i) => { resolve({ done: false, value: values[i] as T }) })
        },
        end() {},
      }
    }
    const run = new Running<T, void>(this.#source, { name: 'iteration', open }, { name: 'iteration' })
    const ended = (): void => {
      this.#closed ??= Promise.resolve()
      this.#answerAll()
    }
    run.then(ended, (error: unknown) => {
      this.#requests.shift()?.reject(error)
      ended()
    })
    return run
  }

  #answerAll(): void {
    for (const { resolve } of this.#requests.splice(0)) resolve(END)
  }

  async #close(reason: unknown): Promise<void> {
    this.#answerAll()
    await this.#run?.abort(reason)
    // What cleanups failed with is for whoever closes.
    if (this.#run?.failure) throw this.#run.failure.suppressed[0]
  }
}
