import { coded } from '@sluice/core/authoring'
import { QueueFullError } from '@sluice/core'
import {
  DONE, PENDING, RingBuffer, type Openable, type Outlet, type Puller, type Stage, type StageState, type Tickets,
  type WakeableTask,
} from '@sluice/core/authoring'
import type { Observable, OperatorFunction, Subscription } from 'rxjs'
import { RxInput } from './rx-input'

/**
 * RxJS operators inside a pipeline; see `throughRx` for the picture.
 *
 * Invariants: the operators are subscribed to when the stage is opened, since they may listen to something that happens
 * right behind `run`; a value goes in only after the first pull, while somebody is subscribed to the input and no result
 * waits; after `#fed` nothing goes in any more; whatever RxJS says after `#over` is ignored.
 */
export class RxPassage implements Puller<unknown> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  /** What goes on in the other world is no wait for a stage of this run. */
  readonly #leave: () => void
  readonly #input: RxInput
  readonly #results: RingBuffer<unknown>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<unknown>
  readonly #slot: unknown[] = []
  #subscription: Subscription | undefined
  #wasPulled = false
  /** A failure that came before the first pull: the stages downstream may not be made yet. */
  #failure: { readonly error: unknown } | undefined
  /** Nothing more goes in: upstream has ended, or nobody in RxJS wants more. */
  #fed = false
  /** Nothing more comes out of RxJS. */
  #over = false

  constructor(upstream: Openable<unknown>, stage: Stage, operators: readonly OperatorFunction<unknown, unknown>[], capacity: number) {
    this.#stage = stage
    this.#leave = stage.waitFor('external')
    this.#results = new RingBuffer(capacity)
    this.#task = stage.task(() => this.#feed())
    this.#input = new RxInput({
      onAudience: () => { this.#task.wake() },
      onLate: (place) => { this.#fail(coded('SLUICE_PROTOCOL', new Error(tooLate(stage.name, place, this.#input.count)))) },
    })
    this.#upstream = stage.open(upstream, this.#task.wake)
    // Values that come out of RxJS are new ones: those that went in were settled then.
    this.tickets = this.#upstream.tickets ? [] : null
    stage.expose(this.#results)
    this.#subscribe(operators)
  }

  pull(into: unknown[], limit: number): number {
    if (!this.#wasPulled) {
      this.#wasPulled = true
      this.#task.wake()
    }
    const count = this.#results.drain(into, limit)
    if (count === 0) {
      if (this.#failure) throw this.#failure.error
      return this.#over ? DONE : PENDING
    }
    if (this.tickets) for (let i = 0; i < count; i++) this.tickets[i] = undefined
    this.#stage.made(count)
    if (this.#results.isEmpty && !this.#over) this.#task.wake()
    return count
  }

  close(): void {
    this.#leave()
    this.#end()
    this.#stage.drop(this.#results.size)
    this.#results.clear()
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
        this.#fed = this.#over = true
        if (this.#wasPulled) this.#stage.wake()
      },
    })
    this.#subscription = subscription
    // It may have ended while it was being subscribed to.
    if (this.#over) subscription.unsubscribe()
  }

  #feed(): StageState {
    const { scheduler } = this.#stage.scope
    // A source may wake it before anybody has pulled.
    while (this.#wasPulled && !this.#fed && this.#results.isEmpty) {
      if (!this.#input.isObserved) {
        if (this.#input.hasBegun) this.#leaveUpstream()
        return 'idle'
      }
      let count: number
      try {
        count = this.#upstream.pull(this.#slot, 1)
      } catch (error) {
        this.#fed = true
        this.#input.error(error)
        break
      }
      if (count === PENDING) break
      if (count === DONE) {
        this.#fed = true
        this.#input.complete()
        break
      }
      const value = this.#slot[0]
      this.#slot[0] = undefined
      this.#stage.settle(this.#upstream.tickets?.[0], 'delivered')
      this.#input.next(value)
      if (scheduler.spent(1)) {
        this.#task.wake()
        break
      }
    }
    if (!this.#results.isEmpty) return 'backpressured'
    // All that is to come is made by RxJS.
    return this.#fed && !this.#over ? 'busy' : 'idle'
  }

  /** Everybody in RxJS has unsubscribed from the input, and nobody can subscribe to it again. */
  #leaveUpstream(): void {
    this.#fed = true
    void this.#upstream.close({ status: 'cancelled', reason: undefined })
  }

  #result(value: unknown): void {
    if (this.#over) return
    if (this.#results.push(value)) {
      if (this.#wasPulled) this.#stage.wake()
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
    this.#fed = this.#over = true
    this.#subscription?.unsubscribe()
  }
}

function tooLate(name: string, place: number, count: number): string {
  return `${name}: operator ${place} subscribed to its source when ${count} values had gone through it, and these cannot be had again. ` +
    'retry, repeat, the caught of catchError and concat(s, s) do that: use retrySource or restart of @sluice/operators before throughRx. ' +
    `Where the values from then on are meant, put share() of RxJS before operator ${place}`
}
