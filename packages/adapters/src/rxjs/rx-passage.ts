import {
  DONE, PENDING, QueueFullError, RingBuffer,
  type Openable, type Outlet, type Puller, type Stage, type StageState, type Tickets, type WakeableTask,
} from '@sluice/core'
import { Subject, type Observable, type OperatorFunction, type Subscription } from 'rxjs'

/**
 * RxJS operators inside a pipeline; see `throughRx` for the picture.
 *
 * Invariants: a value goes in only after the first pull, and while no result waits; after `#fed` nothing goes in any more;
 * what RxJS says after `#over` is ignored.
 */
export class RxPassage implements Puller<unknown> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #input = new Subject<unknown>()
  readonly #output: Observable<unknown>
  readonly #results: RingBuffer<unknown>
  readonly #task: WakeableTask
  readonly #upstream: Outlet<unknown>
  readonly #slot: unknown[] = []
  #subscription: Subscription | undefined
  #started = false
  /** Nothing more goes in: upstream has ended, or the operators have. */
  #fed = false
  /** Nothing more comes out of RxJS. */
  #over = false

  constructor(upstream: Openable<unknown>, stage: Stage, operators: readonly OperatorFunction<unknown, unknown>[], capacity: number) {
    this.#stage = stage
    this.#results = new RingBuffer(capacity)
    this.#output = operators.reduce<Observable<unknown>>((values, operator) => operator(values), this.#input.asObservable())
    this.#task = stage.task(() => this.#feed())
    this.#upstream = stage.open(upstream, this.#task.wake)
    // What comes out of RxJS has no tickets: they were settled when the values went in.
    this.tickets = this.#upstream.tickets ? [] : null
    stage.expose(this.#results)
  }

  pull(into: unknown[], limit: number): number {
    if (!this.#started) this.#start()
    const count = this.#results.drain(into, limit)
    if (count === 0) return this.#over ? DONE : PENDING
    if (this.tickets) for (let i = 0; i < count; i++) this.tickets[i] = undefined
    if (this.#results.isEmpty && !this.#over) this.#task.wake()
    return count
  }

  close(): void {
    this.#fed = this.#over = true
    this.#results.clear()
    this.#subscription?.unsubscribe()
  }

  #start(): void {
    this.#started = true
    this.#subscription = this.#output.subscribe({
      next: (value) => { this.#result(value) },
      error: (error: unknown) => {
        if (this.#over) return
        this.#fed = this.#over = true
        this.#stage.fail(error)
      },
      complete: () => {
        this.#fed = this.#over = true
        this.#stage.wake()
      },
    })
    this.#task.wake()
  }

  #feed(): StageState {
    const { scheduler } = this.#stage.scope
    // A source may wake it before anybody has pulled: then nobody listens to what goes in.
    while (this.#started && !this.#fed && this.#results.isEmpty) {
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
      this.#upstream.tickets?.[0]?.ack()
      this.#input.next(value)
      if (scheduler.spent(1)) {
        this.#task.wake()
        break
      }
    }
    return this.#results.isEmpty ? 'idle' : 'backpressured'
  }

  #result(value: unknown): void {
    if (this.#over) return
    if (this.#results.push(value)) {
      this.#stage.wake()
      return
    }
    const { capacity } = this.#results
    this.#fed = this.#over = true
    this.#subscription?.unsubscribe()
    this.#stage.fail(new QueueFullError(`${this.#stage.name}: the RxJS operators made more than ${capacity} values before one was taken; give it a larger capacity, or end in RxJS and use fromObservable with a policy`), value)
  }
}
