import type { Clock } from '../contract/clock'
import type { Outlet, Wake } from '../contract/outlet'
import type { Scope } from '../contract/scope'
import type { JointMeasure } from '../contract/stage'
import type { Openable } from '../contract/source'
import { ProtocolError, QueueClosedError } from '../errors'
import { wholeNumber } from '../options'
import { SubscriptionIterator } from './subscription-iterator'
import { SubscriptionOutlet } from './subscription-outlet'
import type { SubscriptionReader } from './reader'
import type { WaitOptions } from '../waiting/waiting'

/**
 * One subscriber's view of a {@link Topic}: the values from when it subscribed, in the order everybody sees them.
 *
 * Read it in one way: `take` and its relatives, `for await`, or as the source of one pipeline run. Several readers of
 * one subscription compete for its values; to see them all, subscribe again.
 *
 * @example
 * for await (const price of prices.subscribe({ policy: 'drop-oldest', lag: 1 })) {
 *   if (price > 100) break // closes the subscription
 * }
 */
export class Subscription<T> implements AsyncIterable<T>, AsyncDisposable, Openable<T> {
  readonly #reader: SubscriptionReader<T>
  #closed: Promise<void> | undefined
  #opened = false

  /** @internal */
  constructor(reader: SubscriptionReader<T>) {
    this.#reader = reader
  }

  get name(): string {
    return this.#reader.plan.name
  }

  /** Its lag: how many values are unread. Values its filter will refuse count until they come to the front. */
  get size(): number {
    return this.#reader.outcome === undefined ? this.#reader.cursor.size : 0
  }

  /** How many values may be unread. */
  get capacity(): number {
    return this.#reader.plan.lag
  }

  /** How many values it has lost by its policy. */
  get dropped(): number {
    return this.#reader.dropped
  }

  /** True when no more value will come: it was closed or cut off, or the topic ended and everything was read. */
  get isClosed(): boolean {
    return this.#reader.outcome !== undefined
  }

  /**
   * Resolves when no more value will come; rejects with the failure if that is why. Made on first use.
   *
   * A rejection nobody listens to is not reported as unhandled: whoever reads gets it as well.
   */
  get closed(): Promise<void> {
    this.#closed ??= new Promise<void>((resolve, reject) => {
      const settle = (): void => {
        const { outcome } = this.#reader
        if (outcome?.status === 'failed') reject(outcome.error)
        else resolve()
      }
      if (this.isClosed) settle()
      else this.#reader.onEnd = settle
    })
    this.#closed.catch(() => undefined)
    return this.#closed
  }

  /**
   * The next value; waits until there is one. Callers are served in the order they came.
   *
   * Rejects with a `QueueClosedError` at the end, with the failure if there was one, a `TimeoutError`, or the signal's
   * reason. Whoever gives up takes no value with it.
   *
   * @example
   * const first = await subscription.take({ timeoutMs: 500 })
   */
  async take(options?: WaitOptions): Promise<T> {
    const next = await this.#reader.next(options)
    if (next.done === true) throw this.#end()
    return next.value
  }

  /** The next value if there is one now, else undefined. Throws the failure once everything was read. */
  tryTake(): T | undefined {
    if (this.#reader.look()) return this.#reader.take()
    this.#throwFailure()
    return undefined
  }

  /**
   * Moves up to `limit` values (at least 1) that are there now to `into[0..]`; answers how many, 0 if there are none.
   *
   * Throws the failure once everything was read.
   */
  drainInto(into: T[], limit: number): number {
    const count = this.#reader.drain(into, wholeNumber(this.name, 'limit', limit))
    if (count === 0) this.#throwFailure()
    return count
  }

  /** Measures how long it is at its lag and has read everything, and how old the oldest unread value is, from now on: `from(subscription)` does so. */
  measure(clock: Clock): JointMeasure {
    return this.#reader.measure(clock)
  }

  /** Unsubscribes: what is unread is given up, whoever waits here learns that it is over, and no publisher is held. */
  close(): void {
    this.#reader.finish({ status: 'cancelled', reason: undefined })
  }

  /**
   * Makes it the source of a pipeline run, once. The run owns it: when the outlet is closed, so is the subscription.
   *
   * Throws a `ProtocolError` the second time.
   */
  open(_scope: Scope, wake: Wake): Outlet<T> {
    if (this.#opened) throw new ProtocolError(`${this.name} was opened before: subscribe again for another run`)
    this.#opened = true
    return new SubscriptionOutlet(this.#reader, wake)
  }

  /** The values, until the topic ends. Throws the failure after the last one. A `break` closes the subscription. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T> {
    return new SubscriptionIterator(this.#reader)
  }

  /** The same as {@link close}: `await using subscription = topic.subscribe()`. */
  [Symbol.asyncDispose](): Promise<void> {
    this.close()
    return Promise.resolve()
  }

  #end(): Error {
    return new QueueClosedError(`${this.name} has no more values`)
  }

  #throwFailure(): void {
    const { outcome } = this.#reader
    if (outcome?.status === 'failed') throw outcome.error
  }
}
