import { COMPLETED } from '../contract/outcome'
import { isViewOf, registerPart, type PartFigures } from '../copies/parts'
import { OptionError, QueueFullError } from '../errors'
import { oneOf, optionsOf, wholeNumber } from '../options'
import { systemClock } from '../time/clock'
import { wholeOrInfinite } from '../options'
import { checkWait, waitIn } from '../waiting/wait-in-line'
import { Subscription } from './subscription'
import type { SubscribeOptions } from './subscribe-options'
import { planSubscription } from './subscribe-options'
import { SubscriptionReader } from './reader'
import { TopicHub } from './hub'
import type { TopicOptions } from './topic-options'
import type { WaitOptions } from '../waiting/waiting'

const ACCEPTED = Promise.resolve()

/**
 * Publish-subscribe: every subscriber gets every value, in one order that is the same for all, and decides for itself
 * what happens when it is too slow.
 *
 * ```text
 *                           ┌──▶ subscription (wait)          at its bound, it holds the publisher
 *   publish ──▶ one ring ───┼──▶ subscription (drop-oldest)   at its bound, it loses values
 *               of values   └──▶ subscription (disconnect)    at its bound, it is cut off
 * ```
 *
 * A value is kept once, however many subscribe, until all have read it (and while it is among the last `replay`).
 * Publishing is O(1); only subscribers that wait for a value or are at their bound cost anything on top.
 *
 * @example
 * const prices = new Topic<number>({ capacity: 64, replay: 1 })
 * const seen = prices.subscribe()
 * await prices.publish(42)
 * await seen.take() // 42
 */
export class Topic<T> {
  readonly name: string
  /** How far the slowest subscriber may be behind, in values. */
  readonly capacity: number
  /** How many past values a late subscriber may start with. */
  readonly replay: number
  readonly #hub: TopicHub<T>
  readonly #maxWaiting: number
  #subscribed = 0

  /** Throws an `OptionError` when an option cannot work. */
  constructor(options: TopicOptions) {
    const given = optionsOf('Topic', options, ['capacity', 'replay', 'onNoSubscribers', 'maxWaiting', 'name', 'clock'])
    this.name = given.name ?? 'Topic'
    this.capacity = wholeNumber(this.name, 'capacity', given.capacity)
    this.replay = wholeNumber(this.name, 'replay', given.replay ?? 0, 0)
    if (this.replay > this.capacity) {
      throw new OptionError(this.name, 'replay', this.replay, `at most the capacity, ${this.capacity}`)
    }
    const alone = oneOf(this.name, 'onNoSubscribers', given.onNoSubscribers ?? 'drop', ['drop', 'wait'])
    this.#maxWaiting = wholeOrInfinite(this.name, 'maxWaiting', given.maxWaiting ?? 10_000, 0)
    this.#hub = new TopicHub(this.name, this.capacity, this.replay, alone === 'wait', given.clock ?? systemClock)
    if (given.name !== undefined) registerPart(this, 'topic', given.name, Topic.#figures<T>)
  }

  static #figures<T>(this: void, topic: Topic<T>): PartFigures {
    return {
      size: topic.size, capacity: topic.capacity, weight: null, maxWeight: null,
      waiting: topic.waiting, active: topic.subscribers, concurrency: null, isClosed: topic.isClosed,
    }
  }

  /** How many values it keeps: those somebody has not read yet, and those for latecomers. */
  get size(): number {
    return this.#hub.ring.size
  }

  /** How many values were accepted. */
  get published(): number {
    return this.#hub.ring.tail
  }

  /** How many subscribe. */
  get subscribers(): number {
    return this.#hub.readers.size
  }

  /** The subscriber that is furthest behind, and whether the next publisher waits for it; undefined where there is none. O(subscribers). */
  get slowest(): { readonly name: string; readonly unread: number; readonly lag: number; readonly holds: boolean } | undefined {
    let slowest: SubscriptionReader<T> | undefined
    for (const reader of this.#hub.readers) if (reader.cursor.size / reader.cursor.lag > (slowest ? slowest.cursor.size / slowest.cursor.lag : -1)) slowest = reader
    if (slowest === undefined) return undefined
    const { plan, cursor, holds } = slowest
    return { name: plan.name, unread: cursor.size, lag: cursor.lag, holds: holds && cursor.size >= cursor.lag }
  }

  /** How many publishers wait. */
  get waiting(): number {
    return this.#hub.publishers.size
  }

  /** True once it was closed or has failed. */
  get isClosed(): boolean {
    return this.#hub.outcome !== undefined
  }

  /**
   * Publishes a value; resolves when it was accepted. Waits while a subscriber holds it, first come first served.
   *
   * Rejects with a `QueueClosedError` or the failure once the topic has ended (also while it waits), a `TimeoutError`,
   * the signal's reason, or a `QueueFullError` when `maxWaiting` publishers wait already. If it rejects, nobody gets the
   * value.
   *
   * @example
   * await prices.publish(43, { timeoutMs: 1_000 })
   */
  publish(value: T, options?: WaitOptions): Promise<void> {
    try {
      checkWait(this.name, options)
      if (this.tryPublish(value)) return ACCEPTED
      if (this.isClosed) throw this.#hub.refusal()
      if (this.waiting >= this.#maxWaiting) {
        throw new QueueFullError(`${this.name}: ${this.#maxWaiting} publishers wait already`)
      }
    } catch (error) {
      return Promise.reject(error)
    }
    return waitIn(this.#hub.publishers, { value, within: this.#hub.capture() }, this.name, this.#hub.clock, options)
  }

  /** Publishes a value if that is possible now; false when a subscriber holds it, others wait, or it has ended. */
  tryPublish(value: T): boolean {
    if (this.isClosed || !this.#hub.publishers.isEmpty) return false
    if (this.#hub.isBlocked()) {
      this.#hub.laggards.startGrace()
      return false
    }
    this.#hub.publish(value)
    return true
  }

  /**
   * Subscribes: gets the last `replay` values, as far as they are still there, and everything published from now on.
   * Of a topic that has ended, the last values and then how it ended.
   *
   * Throws an `OptionError` when an option cannot work.
   *
   * @example
   * const latest = prices.subscribe({ policy: 'drop-oldest', lag: 1 })
   */
  subscribe(options: SubscribeOptions<T> = {}): Subscription<T> {
    const plan = planSubscription(optionsOf(`${this.name}.subscribe`, options, ['policy', 'lag', 'filter', 'onDrop', 'replay', 'disconnectAfterMs', 'name']), this, `${this.name}#${++this.#subscribed}`)
    const reader = new SubscriptionReader(this.#hub, plan)
    this.#hub.join(reader)
    const subscription = new Subscription(reader)
    isViewOf(subscription, this)
    return subscription
  }

  /** Ends it: nothing more is accepted, subscribers read what they have and then learn of the end. Idempotent. */
  close(): void {
    this.#hub.end(COMPLETED)
  }

  /** Ends it with a failure, which every subscriber gets after its last value. Idempotent; the first end counts. */
  fail(error: unknown): void {
    this.#hub.end({ status: 'failed', error })
  }
}
