import { Observable, Subject } from 'rxjs'

/** What the input of RxJS operators tells. */
export interface RxInputEvents {
  /** Somebody has subscribed, or nobody is subscribed any more. */
  readonly onAudience: () => void
  /** Operator number `place`, counted from 1, has subscribed when values had gone in already. */
  readonly onLate: (place: number) => void
}

/**
 * The Observable that RxJS operators inside a pipeline subscribe to: the values of one run, which cannot be had again.
 *
 * ```text
 *   subscribe, subscribe ─▶ [waiting] ─ next ─▶ [begun] ─ subscribe ─▶ refused: values would be missing
 * ```
 *
 * Any number of subscriptions before the first value get all of them, as they would from a cold Observable. One that
 * comes later (of `retry`, `repeat`, the `caught` of `catchError`, `concat(s, s)`) would get the rest, and nobody would know.
 */
export class RxInput {
  /** How many values have gone in. */
  count = 0
  readonly #subject = new Subject<unknown>()
  readonly #observable: Observable<unknown>
  #isOver = false
  /** The operator that is subscribing to what stands before it; 0 for none. */
  #place = 0

  constructor(events: RxInputEvents) {
    this.#observable = new Observable((subscriber) => {
      if (this.hasBegun) {
        events.onLate(Math.max(1, this.#place))
        return undefined
      }
      this.#subject.subscribe(subscriber)
      events.onAudience()
      return () => { if (!this.#subject.observed) events.onAudience() }
    })
  }

  get isObserved(): boolean {
    return this.#subject.observed
  }

  /** Whoever subscribes from now on has missed something. */
  get hasBegun(): boolean {
    return this.count > 0 || this.#isOver
  }

  /** The Observable that operator number `place` gets: `values`, or for the first operator the input itself. */
  before(place: number, values: Observable<unknown> = this.#observable): Observable<unknown> {
    return new Observable((subscriber) => {
      const outer = this.#place
      // The outermost one is the one that began to subscribe; those before it only pass the subscription on.
      this.#place ||= place
      try {
        return values.subscribe(subscriber)
      } finally {
        this.#place = outer
      }
    })
  }

  next(value: unknown): void {
    this.count++
    this.#subject.next(value)
  }

  error(error: unknown): void {
    this.#isOver = true
    this.#subject.error(error)
  }

  complete(): void {
    this.#isOver = true
    this.#subject.complete()
  }
}
