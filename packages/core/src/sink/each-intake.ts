import type { Intake } from '../contract/sink'
import type { Stage, StageState, WakeableTask } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import { Retrials } from '../engine/retrials'
import { Trial } from '../engine/trial'
import { Trials } from '../engine/trials'
import { promiseOf } from '../foreign/promise-of'
import type { EachContext } from './for-each'

/** Values of a batch that wait for a free place. */
interface Rest<T> {
  readonly values: readonly T[]
  readonly tickets: Tickets | undefined
  at: number
}

/**
 * The running end of `forEach`: calls, at most `concurrency` of them at once.
 *
 * ```text
 *   write ─▶ call ─┬─ answered ────────────────▶ the ticket is settled
 *     ▲            └─ thrown, rejected ─▶ trial ─┬─ skipped, failed
 *     └ a place is free                          └─ again: the next try, a turn later
 * ```
 *
 * Invariant: `#running` counts the items whose fate is open: a call under way, a retry or dead letter being waited
 * for. `write` is answered when there is room for one more, `end` when there is none left.
 */
export class EachIntake<T> implements Intake<T, void> {
  readonly settles = true
  readonly #use: (value: T, context: EachContext) => unknown
  readonly #stage: Stage
  readonly #concurrency: number
  readonly #trials: Trials<T>
  readonly #retrials: Retrials<Trial<T>>
  /** Goes on with the rest of a batch: a turn, not a promise reaction, calls the function. */
  #task: WakeableTask | undefined
  #rest: Rest<T> | undefined
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
    this.#trials = new Trials<T>(stage, onError, (trial) => { this.#told(trial) })
    this.#retrials = new Retrials<Trial<T>>(stage, (trial) => { this.#again(trial) }, () => this.#state)
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
      this.#call(values[i] as T, tickets?.[i])
      if (this.#failed) throw this.#error
      // A function that answers a promise only now and then: the rest of the batch waits its turn.
      if (this.#running >= this.#concurrency && i + 1 < count) {
        this.#rest = { values: values.slice(i + 1, count), tickets: tickets?.slice(i + 1, count), at: 0 }
        break
      }
    }
    return this.#running >= this.#concurrency ? this.#until(this.#concurrency - 1) : undefined
  }

  end(): void | Promise<void> {
    return this.#running > 0 ? this.#until(0) : undefined
  }

  abort(reason: unknown): void | Promise<void> {
    this.#aborting = true
    this.#giveBack(reason)
    this.#trials.close()
    for (let trial = this.#retrials.shift(); trial !== undefined; trial = this.#retrials.shift()) {
      trial.giveBack(reason)
      this.#done()
    }
    return this.#running > 0 ? this.#until(0) : undefined
  }

  get #state(): StageState {
    return this.#running > 0 ? 'busy' : 'idle'
  }

  /** Resolves when at most `running` items are open and no value waits; rejects when one has failed for good. */
  #until(running: number): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject, room: running }
    })
  }

  #call(value: T, ticket: Ticket | undefined): void {
    let work: unknown
    try {
      work = this.#use(value, this.#firstTry)
    } catch (error) {
      this.#running++
      this.#recover(trialOf(value, ticket), error)
      return
    }
    const promise = promiseOf(work)
    if (promise === undefined) {
      this.#stage.settle(ticket, 'delivered')
      return
    }
    this.#asynchronous = true
    this.#running++
    this.#await(promise, trialOf(value, ticket))
  }

  #again(trial: Trial<T>): void {
    let work: unknown
    try {
      work = this.#use(trial.item as T, new Context(this.#stage, trial.attempt))
    } catch (error) {
      this.#recover(trial, error)
      return
    }
    const promise = promiseOf(work)
    if (promise) this.#await(promise, trial)
    else this.#delivered(trial)
  }

  #await(work: Promise<unknown>, trial: Trial<T>): void {
    work.then(() => { this.#delivered(trial) }, (error: unknown) => { this.#recover(trial, error) })
  }

  #delivered(trial: Trial<T>): void {
    this.#stage.settle(trial.ticket, 'delivered')
    this.#done()
  }

  #recover(trial: Trial<T>, error: unknown): void {
    if (this.#trials.failed(trial, error) !== 'deciding') this.#told(trial)
  }

  #told(trial: Trial<T>): void {
    if (trial.verdict === 'again') {
      this.#retrials.add(trial)
      return
    }
    // Beside the reason of the end, or in its place where there is none: nobody else would hear of it.
    if (trial.verdict !== 'skipped') this.#fail(trial)
    this.#done()
  }

  #fail({ error, item, attempt }: Trial<T>): void {
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

  /** The fate of an item is known. */
  #done(): void {
    this.#running--
    const wait = this.#wait
    if (wait === undefined) return
    if (this.#failed && !this.#aborting) {
      this.#wait = undefined
      wait.reject(this.#error)
    } else if (this.#rest !== undefined) {
      this.#task ??= this.#stage.task(() => this.#goOn())
      this.#task.wake()
    } else if (this.#running <= wait.room) {
      this.#wait = undefined
      wait.resolve()
    }
  }

  /** Calls the function for the rest of a batch, as long as there are places. */
  #goOn(): StageState {
    const { scheduler } = this.#stage.scope
    let rest: Rest<T> | undefined
    while ((rest = this.#rest) !== undefined && this.#running < this.#concurrency) {
      const { values, tickets, at } = rest
      rest.at++
      if (rest.at === values.length) this.#rest = undefined
      // Counted as running, so that the end of the last one is told as that of an asynchronous one is.
      this.#running++
      this.#call(values[at] as T, tickets?.[at])
      this.#done()
      if (this.#failed) break
      if (scheduler.spent(1) && this.#rest !== undefined) {
        this.#task?.wake()
        break
      }
    }
    return this.#state
  }
}

function trialOf<T>(item: T, ticket: Ticket | undefined): Trial<T> {
  const trial = new Trial<T>()
  trial.begin(item, ticket)
  return trial
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
