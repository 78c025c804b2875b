import { hasCode } from '../copies/brand'
import type { WaiterLink } from '../waiting/waiters'
import type { Waiting } from '../waiting/waiting'

/**
 * The form in which a taker is answered: `value` is one value, `result` one value as an iterator answers it, `list` an array
 * of up to `count` values.
 */
export type Form = 'value' | 'result' | 'list'

/** What a taker needs of its queue. */
export interface Takeable<T> {
  /** How many values can be taken now. */
  readonly available: number
  readonly failure: { readonly error: unknown } | undefined
  /** The next value; puts that wait move up. Throws what a function of the user throws: the value is then still inside. */
  next(): T
  /** What a taker is rejected with when nothing is left. */
  ended(): unknown
}

/** How an iterator answers that nothing more will come. */
export const END: IteratorReturnResult<undefined> = { done: true, value: undefined }

/**
 * A take that waits, in any form. It is its own link in the line of takes: a waiting take is one object.
 *
 * Whoever takes it out of the line settles it, once: with `give`, `serve` or `end`, or with `reject` where it gives up.
 */
export class Taker<T> implements WaiterLink<Taker<T>>, Waiting {
  /** The taker is served when so many values are there, or when no more will come. */
  readonly need: number
  readonly #form: Form
  /** So many values at most. */
  readonly #count: number
  readonly #resolve: (answer: unknown) => void
  readonly reject: (error: unknown) => void
  previous: WaiterLink<Taker<T>> | undefined = undefined
  next: WaiterLink<Taker<T>> | undefined = undefined
  parked = false
  leave: (() => void) | undefined = undefined
  /** The next taker of the same iterator. */
  after: Taker<T> | undefined = undefined

  constructor(form: Form, need: number, count: number, resolve: (answer: never) => void, reject: (error: unknown) => void) {
    this.need = need
    this.#form = form
    this.#count = count
    this.#resolve = resolve as (answer: unknown) => void
    this.reject = reject
  }

  get waiter(): this { return this }

  /** Answers with this one value, which is no longer in the queue. Only for a taker that needs one. */
  give(value: T): void {
    this.leave?.()
    this.#answer(value)
  }

  /** Answers with what the queue has, or with its end where it has nothing. */
  serve(queue: Takeable<T>): void {
    this.leave?.()
    if (this.#form === 'list') this.#gather(queue)
    else if (queue.available > 0) this.#takeOne(queue)
    else this.#endWith(queue.ended())
  }

  /** Answers an iterator that leaves. */
  end(): void {
    this.leave?.()
    this.#resolve(END)
  }

  #answer(value: T): void {
    if (this.#form === 'value') this.#resolve(value)
    else if (this.#form === 'result') this.#resolve({ done: false, value })
    else this.#resolve([value])
  }

  #takeOne(queue: Takeable<T>): void {
    let value: T
    try {
      value = queue.next()
    } catch (error) {
      this.reject(error)
      return
    }
    this.#answer(value)
  }

  /** A list may be short or empty: that is how it tells of an end that is no failure. */
  #gather(queue: Takeable<T>): void {
    const values: T[] = []
    try {
      while (values.length < this.#count && queue.available > 0) values.push(queue.next())
      if (values.length === 0 && queue.failure) throw queue.failure.error
    } catch (error) {
      if (values.length === 0) {
        this.reject(error)
        return
      }
    }
    this.#resolve(values)
  }

  #endWith(ended: unknown): void {
    if (this.#form === 'result' && hasCode(ended, 'SLUICE_QUEUE_CLOSED')) this.#resolve(END)
    else this.reject(ended)
  }
}
