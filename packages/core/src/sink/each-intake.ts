import type { Intake } from '../contract/sink'
import type { Stage } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import { promiseOf } from '../foreign/promise-of'
import { supervisorOf, type Recovery, type Supervisor } from '../engine/supervisor'
import type { EachContext } from './for-each'

/**
 * The running end of `forEach`: calls, at most `concurrency` of them at once.
 *
 * Invariant: `#running` counts the items whose fate is open: a call under way, a retry or dead letter being waited
 * for. `write` is answered when there is room for one more, `end` when there is none left.
 */
export class EachIntake<T> implements Intake<T, void> {
  readonly settles = true
  readonly #use: (value: T, context: EachContext) => unknown
  readonly #stage: Stage
  readonly #concurrency: number
  readonly #supervisor: Supervisor | undefined
  #running = 0
  #first = true
  #failed = false
  #aborting = false
  #error: unknown
  #wait: { readonly resolve: () => void; readonly reject: (error: unknown) => void; readonly room: number } | undefined
  #asynchronous = false
  /** What calls get on their first try; one object for all of them. */
  readonly #firstTry: EachContext

  constructor(
    use: (value: T, context: EachContext) => unknown,
    stage: Stage,
    concurrency: number,
    onError: OnError<T> | undefined,
  ) {
    this.#use = use
    this.#stage = stage
    this.#concurrency = concurrency
    this.#supervisor = supervisorOf(stage, onError)
    this.#firstTry = new Context(stage, 1)
  }

  /** One at a time until the first answer shows whether the function is asynchronous; then room, or whole batches. */
  demand(): number {
    if (this.#asynchronous) return this.#concurrency - this.#running
    return this.#first ? 1 : Infinity
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): void | Promise<void> {
    this.#first = false
    for (let i = 0; i < count; i++) {
      this.#call(values[i] as T, 1, tickets?.[i])
      if (this.#failed) throw this.#error
      // A function that answers a promise only now and then: the rest of the batch waits its turn.
      if (this.#running >= this.#concurrency && i + 1 < count) {
        const rest = values.slice(i + 1, count)
        return this.#until(this.#concurrency - 1).then(() => this.write(rest, rest.length, tickets?.slice(i + 1, count) ?? null))
      }
    }
    return this.#running >= this.#concurrency ? this.#until(this.#concurrency - 1) : undefined
  }

  end(): void | Promise<void> {
    return this.#running > 0 ? this.#until(0) : undefined
  }

  abort(): void | Promise<void> {
    this.#aborting = true
    return this.#running > 0 ? this.#until(0) : undefined
  }

  /** Resolves when at most `running` items are open; rejects when one has failed for good. */
  #until(running: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject, room: running }
    })
  }

  #call(value: T, attempt: number, ticket: Ticket | undefined): void {
    let work: unknown
    try {
      work = this.#use(value, attempt === 1 ? this.#firstTry : new Context(this.#stage, attempt))
    } catch (error) {
      this.#recover(error, value, attempt, ticket)
      return
    }
    const promise = promiseOf(work)
    if (promise === undefined) {
      this.#stage.settle(ticket, 'delivered')
      return
    }
    this.#asynchronous = true
    this.#running++
    promise.then(
      () => {
        this.#stage.settle(ticket, 'delivered')
        this.#done()
      },
      (error: unknown) => {
        this.#recover(error, value, attempt, ticket)
        this.#done()
      },
    )
  }

  #recover(error: unknown, value: T, attempt: number, ticket: Ticket | undefined): void {
    const goOn = (recovery: Recovery): void => {
      if (recovery !== 'retry') this.#stage.settle(ticket, recovery)
      else this.#call(value, attempt + 1, ticket)
    }
    try {
      if (this.#supervisor === undefined) throw error
      const recovery = this.#supervisor.recover(error, value, attempt)
      const promise = promiseOf(recovery)
      if (promise === undefined) {
        goOn(recovery as Recovery)
        return
      }
      this.#running++
      promise.then(
        (done) => {
          goOn(done)
          this.#done()
        },
        (final: unknown) => {
          this.#fail(final, value, attempt, ticket)
          this.#done()
        },
      )
    } catch (final) {
      this.#fail(final, value, attempt, ticket)
    }
  }

  #fail(error: unknown, value: T, attempt: number, ticket: Ticket | undefined): void {
    this.#stage.giveUp(ticket, error)
    this.#stage.fail(error, value, attempt)
    if (this.#failed) return
    this.#failed = true
    this.#error = error
    this.#done(0)
  }

  #done(finished = 1): void {
    this.#running -= finished
    const wait = this.#wait
    if (wait === undefined) return
    if (this.#failed && !this.#aborting) {
      this.#wait = undefined
      wait.reject(this.#error)
    } else if (this.#running <= wait.room) {
      this.#wait = undefined
      wait.resolve()
    }
  }
}

/** The signal is made only for a function that reads it. */
class Context implements EachContext {
  readonly attempt: number
  readonly #stage: Stage

  constructor(stage: Stage, attempt: number) {
    this.#stage = stage
    this.attempt = attempt
  }

  get signal(): AbortSignal {
    return this.#stage.scope.signal
  }
}
