import { coded } from '@sluice/core/authoring'
import { QueueFullError } from '@sluice/core'
import {
  DONE, Feed, Held, type Keeper, type Openable, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core/authoring'
import type { Observable, OperatorFunction, Subscription } from 'rxjs'
import { RxInput } from './rx-input'

/**
 * RxJS operators inside a pipeline; see `throughRx` for the picture.
 *
 * Invariants: the operators are subscribed to when the stage is opened, since they may listen to something that happens
 * right behind `run`; a value goes in only after the first pull, while somebody is subscribed to the input and no result
 * waits; whatever RxJS says after `#over` is ignored.
 */
export class RxPassage implements Puller<unknown>, Keeper<unknown> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  /** What goes on in the other world is no wait for a stage of this run. */
  readonly #leave: () => void
  readonly #input: RxInput
  readonly #results: Held<unknown>
  readonly #feed: Feed<unknown>
  #subscription: Subscription | undefined
  #wasPulled = false
  /** A failure that came before the first pull: the stages downstream may not be made yet. */
  #failure: { readonly error: unknown } | undefined
  /** Nothing more comes out of RxJS. */
  #over = false

  constructor(upstream: Openable<unknown>, stage: Stage, operators: readonly OperatorFunction<unknown, unknown>[], capacity: number) {
    this.#stage = stage
    this.#leave = stage.waitFor('external')
    this.#results = new Held({ capacity })
    this.#input = new RxInput({
      onAudience: () => { this.#feed.wake() },
      onLate: (place) => { this.#fail(coded('SLUICE_PROTOCOL', new Error(tooLate(stage.name, place, this.#input.count)))) },
    })
    this.#feed = new Feed(stage, this, (wake) => stage.open(upstream, wake))
    // Values that come out of RxJS are new ones: those that went in were settled then.
    this.tickets = this.#feed.tickets
    stage.expose(this.#results)
    this.#subscribe(operators)
  }

  pull(into: unknown[], limit: number): number {
    this.#wasPulled = true
    const count = this.#results.drainInto(into, this.tickets, limit)
    if (count === 0) {
      if (this.#failure) throw this.#failure.error
      return this.#over ? DONE : this.#feed.wait()
    }
    this.#stage.made(count)
    this.#feed.start()
    if (this.#results.isEmpty) this.#feed.goOn()
    return count
  }

  close(): void {
    this.#leave()
    this.#end()
    this.#stage.drop(this.#results.giveBack(undefined))
  }

  room(): number | StageState {
    if (!this.#results.isEmpty) return this.#feed.rest()
    if (this.#input.isObserved) return 1
    // Everybody in RxJS has unsubscribed from the input, and nobody can subscribe to it again.
    if (this.#input.hasBegun) this.#feed.leave()
    return 'idle'
  }

  take(values: readonly unknown[], _count: number, tickets: Tickets | null | undefined): boolean {
    this.#stage.settle(tickets?.[0], 'delivered')
    this.#input.next(values[0])
    return false
  }

  ended(): void {
    this.#input.complete()
  }

  failed(error: unknown): void {
    this.#input.error(error)
  }

  /** After the end of upstream all that is to come is made by RxJS. */
  turned(state: StageState): StageState {
    if (!this.#results.isEmpty) return 'backpressured'
    return this.#feed.ended && !this.#over ? 'busy' : state
  }

  #subscribe(operators: readonly OperatorFunction<unknown, unknown>[]): void {
    const output = operators.reduce((values, operator, index) => {
      const answer: unknown = operator(index === 0 ? values : this.#input.before(index + 1, values))
      if (typeof (answer as { readonly subscribe?: unknown } | null | undefined)?.subscribe === 'function') return answer as Observable<unknown>
      throw coded('SLUICE_ARGUMENT', new TypeError(`${this.#stage.name}: operator ${index + 1} must be one of RxJS, which answers an Observable; it answered ${answer === null ? 'null' : typeof answer}`))
    }, this.#input.before(1))
    const subscription = output.subscribe({
      next: (value) => { this.#result(value) },
      error: (error: unknown) => { this.#fail(error) },
      complete: () => {
        this.#over = true
        this.#feed.end()
        this.#feed.tell()
      },
    })
    this.#subscription = subscription
    // It may have ended while it was being subscribed to.
    if (this.#over) subscription.unsubscribe()
  }

  #result(value: unknown): void {
    if (this.#over) return
    if (this.#results.push(value, undefined) === 'held') {
      this.#feed.tell()
      return
    }
    const { capacity } = this.#results
    this.#fail(new QueueFullError(`${this.#stage.name}: the RxJS operators made more than ${capacity} values before one was taken; give it a larger capacity, or end in RxJS and use fromObservable with a policy`), value)
  }

  #fail(error: unknown, item?: unknown): void {
    if (this.#over) return
    this.#end()
    if (this.#wasPulled) this.#stage.fail(error, item)
    else this.#failure = { error }
  }

  #end(): void {
    this.#over = true
    this.#feed.end()
    this.#subscription?.unsubscribe()
  }
}

function tooLate(name: string, place: number, count: number): string {
  return `${name}: operator ${place} subscribed to its source when ${count} values had gone through it, and these cannot be had again. ` +
    'retry, repeat, the caught of catchError and concat(s, s) do that: use retrySource or restart of @sluice/operators before throughRx. ' +
    `Where the values from then on are meant, put share() of RxJS before operator ${place}`
}
