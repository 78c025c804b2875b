import { PENDING } from '../contract/answers'
import { Call } from '../calls/call'
import { Calls, type CallsOwner } from '../calls/calls'
import { FunctionCalls, type Work } from '../calls/function-calls'
import { surrounded } from '../kit/around-calls'
import type { Intake } from '../contract/sink'
import type { Adjustable, Stage, StageState, WakeableTask } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Tickets } from '../contract/ticket'
import { calledWithin } from '../copies/context-carriers'
import { promiseOf } from '../foreign/promise-of'

/** Values of a batch that wait for a free place. */
interface Rest<T> {
  readonly values: readonly T[]
  readonly tickets: Tickets | undefined
  at: number
}

/**
 * The running end of `forEach`: the calls of a function, at most `concurrency` of them at once.
 *
 * ```text
 *   write ─▶ Calls ─▶ Call ─┬─ done ─────────────▶ the ticket is settled
 *     ▲                     └─ skipped, failed       │
 *     └─────────── a place is free ──────────────────┘
 * ```
 *
 * Invariant: `write` is answered when there is room for one more call, `end` when no call is open.
 */
export class EachIntake<T> implements Intake<T, void>, CallsOwner<T, unknown>, Adjustable {
  readonly settles = true
  readonly #stage: Stage
  readonly #use: Work<T, unknown>
  /** What the function gets as long as it has answered no promise; one object for all values. */
  readonly #context: Call<T, unknown>
  #concurrency: number
  readonly #calls: Calls<T, unknown>
  #maker!: FunctionCalls<T, unknown>
  /** Goes on with the rest of a batch: a turn, not a promise reaction, calls the function. */
  #task: WakeableTask | undefined
  #rest: Rest<T> | undefined
  #first = true
  #failed = false
  #aborting = false
  #reason: unknown
  #error: unknown
  #wait: { readonly resolve: () => void; readonly reject: (error: unknown) => void; readonly isEnd: boolean } | undefined
  /** The driver was told that nothing is wanted now, since more calls run than may. */
  #owesWake = false

  constructor(given: Work<T, unknown>, stage: Stage, concurrency: number, onError: OnError<T> | undefined) {
    this.#stage = stage
    const use = (this.#use = surrounded(stage, given))
    this.#concurrency = concurrency
    this.#calls = new Calls<T, unknown>(stage, this, {
      emits: 'nothing', order: 'by owner', tells: 'of all', onError,
      maker: (calls) => (this.#maker = new FunctionCalls(calls, use, concurrency, 0)),
    })
    this.#context = new Call(stage, this.#calls)
    stage.adjusts(this)
  }

  get concurrency(): number {
    return this.#concurrency
  }

  setConcurrency(concurrency: number): void {
    this.#concurrency = concurrency
    this.#maker.setConcurrency(concurrency)
    this.#goOn()
  }

  /** One at a time until the first answer shows whether the function is asynchronous; then room, or whole batches. */
  demand(): number {
    if (!this.#maker.isAsynchronous) return this.#first ? 1 : Infinity
    const places = this.#concurrency - this.#calls.running
    if (places > 0) return places
    this.#owesWake = true
    return PENDING
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): void | Promise<void> {
    const calls = this.#calls
    this.#first = false
    let at = this.#maker.isAsynchronous ? 0 : this.#callDirectly(values, count, tickets)
    while (!this.#failed && at < count) {
      // A function that answers a promise only now and then: the rest of the batch waits its turn.
      if (calls.running >= this.#concurrency) {
        this.#rest = { values: values.slice(at, count), tickets: tickets?.slice(at, count), at: 0 }
        break
      }
      calls.enter(values[at] as T, tickets?.[at])
      at++
    }
    if (this.#failed) throw this.#error
    return calls.running >= this.#concurrency ? this.#until(false) : undefined
  }

  end(): void | Promise<void> {
    return this.#calls.running > 0 ? this.#until(true) : undefined
  }

  abort(reason: unknown): void | Promise<void> {
    this.#aborting = true
    this.#reason = reason
    this.#giveBack(reason)
    return this.#calls.close(reason)
  }

  settled(call: Call<T, unknown>): void {
    // What succeeds after an abort was dealt with all the same.
    if (call.state === 'done') this.#stage.settle(call.ticket, 'delivered')
    // Beside the reason of the end, or in its place where there is none: nobody else would hear of that.
    // A call that was cut off rejects with the reason of the end, which is no second failure.
    else if (call.verdict !== 'skipped' && !(this.#aborting && call.error === this.#reason)) this.#fail(call)
    this.#calls.leave(call)
    this.#goOn()
  }

  /**
   * Calls a function that has answered no promise yet, without a call that would be placed and settled (8 ns a value instead of
   * 19); answers how many values that was. The last of them may have answered a promise, or failed.
   */
  #callDirectly(values: readonly T[], count: number, tickets: Tickets | null): number {
    const use = this.#use
    let at = 0
    /** Values without a ticket that are dealt with. */
    let plain = 0
    while (at < count) {
      const value = values[at] as T
      const ticket = tickets?.[at]
      at++
      let promise: Promise<unknown> | undefined
      try {
        const within = ticket?.within
        promise = promiseOf(within === undefined ? use(value, this.#context) : calledWithin(within, () => use(value, this.#context)))
      } catch (error) {
        this.#calls.rejected(this.#calls.adopt(value, ticket), error)
        break
      }
      if (promise !== undefined) {
        this.#maker.follow(this.#calls.adopt(value, ticket), promise)
        break
      }
      if (ticket === undefined) plain++
      else this.#stage.settle(ticket, 'delivered')
    }
    if (plain > 0) this.#stage.settleCount(plain, 'delivered')
    return at
  }

  get #state(): StageState {
    return this.#calls.running > 0 ? 'busy' : 'idle'
  }

  /** Resolves when no value waits, and there is room for one more call, or no call is open; rejects when one has failed for good. */
  #until(isEnd: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject, isEnd }
    })
  }

  #fail({ error, item, attempt }: Call<T, unknown>): void {
    this.#stage.fail(error, item, attempt)
    if (this.#failed) return
    this.#failed = true
    this.#error = error
    this.#giveBack(error)
  }

  /** Nothing will come of what waits for a free place. */
  #giveBack(reason: unknown): void {
    const rest = this.#rest
    this.#rest = undefined
    if (rest?.tickets) for (let i = rest.at; i < rest.values.length; i++) rest.tickets[i]?.nack(reason)
  }

  /** A call has settled: there may be a place, or the end. */
  #goOn(): void {
    const wait = this.#wait
    if (wait === undefined) {
      if (this.#owesWake && this.#calls.running < this.#concurrency) {
        this.#owesWake = false
        this.#stage.wake()
      }
      return
    }
    if (this.#failed && !this.#aborting) {
      this.#wait = undefined
      wait.reject(this.#error)
    } else if (this.#rest !== undefined) {
      this.#task ??= this.#stage.task(() => this.#callRest())
      this.#task.wake()
    } else if (wait.isEnd ? this.#calls.running === 0 : this.#calls.running < this.#concurrency) {
      this.#wait = undefined
      wait.resolve()
    }
  }

  /** Calls the function for the rest of a batch, as long as there are places. */
  #callRest(): StageState {
    const { scheduler } = this.#stage.scope
    let rest: Rest<T> | undefined
    while ((rest = this.#rest) !== undefined && this.#calls.running < this.#concurrency) {
      const { values, tickets, at } = rest
      rest.at++
      if (rest.at === values.length) this.#rest = undefined
      this.#calls.enter(values[at] as T, tickets?.[at])
      if (this.#failed) break
      if (scheduler.spent(1) && this.#rest !== undefined) {
        this.#task?.wake()
        break
      }
    }
    // More may run than before: there may be room for others already.
    if (this.#rest === undefined) this.#goOn()
    return this.#state
  }
}
