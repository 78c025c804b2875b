import type { Within } from '../contract/context'
import type { WaiterLink } from '../waiting/waiters'
import type { Waiting } from '../waiting/waiting'

/** A put that waits for room. It is its own link in the line of puts: a waiting put is one object. */
export class Putter<T> implements WaiterLink<Putter<T>>, Waiting {
  readonly value: T
  readonly weight: number
  /** The context of whoever waits, where the queue keeps that. */
  readonly within: Within | undefined
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
  previous: WaiterLink<Putter<T>> | undefined = undefined
  next: WaiterLink<Putter<T>> | undefined = undefined
  parked = false
  leave: (() => void) | undefined = undefined

  constructor(value: T, weight: number, within: Within | undefined, resolve: () => void, reject: (error: unknown) => void) {
    this.value = value
    this.weight = weight
    this.within = within
    this.resolve = resolve
    this.reject = reject
  }

  get waiter(): this { return this }
}
