import type { Clock } from '../contract/clock'
import type { Within } from '../contract/context'
import type { Outcome } from '../contract/outcome'
import type { Wake } from '../contract/outlet'
import type { JointMeasure } from '../contract/stage'
import { Gauge } from '../held/gauge'
import { SubscriptionAudience } from './audience'
import { SubscriptionCursor } from './cursor'
import { hasCode } from '../copies/brand'
import { SlowSubscriberError } from './slow-subscriber-error'
import { SubscriptionGrace } from './grace'
import type { SubscriptionPlan } from './subscribe-options'
import type { Due } from './dues'
import type { TopicHub } from './hub'
import type { Losses } from './laggards'
import type { WaitOptions } from '../waiting/waiting'

/**
 * The inside of a subscription: its cursor, its filter, who waits for its values, and how it ended.
 *
 * Invariants: callers wait only while no wanted value is unread; once `outcome` is set, the cursor is released, the hub
 * has forgotten it and no timer runs.
 */
export class SubscriptionReader<T> implements Due {
  due: number | undefined
  readonly cursor: SubscriptionCursor<T>
  /** True when at its bound it holds the publisher, for ever or for a time. */
  readonly holds: boolean
  /** Values it lost by its policy. */
  dropped = 0
  /** How it ended; undefined while it may still get values. */
  outcome: Outcome | undefined
  readonly audience = new SubscriptionAudience<T>()
  readonly grace: SubscriptionGrace
  /** The context in which the value was published that was drained last. */
  within: Within | undefined = undefined
  /** Called once when it has ended. */
  onEnd: (() => void) | undefined
  /** Made when a run asks for figures. */
  gauge: Gauge | undefined
  readonly #hub: TopicHub<T>
  /** The filter wants the oldest unread value. */
  #wanted = false

  constructor(
    hub: TopicHub<T>,
    readonly plan: SubscriptionPlan<T>,
  ) {
    this.#hub = hub
    this.cursor = new SubscriptionCursor(hub.ring, plan.lag, plan.replay)
    this.holds = plan.policy === 'wait' || plan.graceMs > 0
    this.grace = new SubscriptionGrace(plan.graceMs, hub.clock, () => {
      hub.cutOff(this)
    })
  }

  /** Each value comes with the context in which it was published. */
  get carries(): boolean {
    return this.#hub.carries
  }

  /** Measures what is unread, for one run. */
  measure(clock: Clock): JointMeasure {
    if (this.gauge === undefined) {
      const size = (): number => (this.outcome === undefined ? this.cursor.size : 0)
      this.gauge = new Gauge({ capacity: this.plan.lag, get size() { return size() } })
      if (this.outcome === undefined) this.#hub.gauged.add(this.gauge)
    }
    return this.gauge.measure(clock)
  }

  /** True when there is a wanted value to read now. Passes over those the filter refuses. */
  look(): boolean {
    const { filter } = this.plan
    while (this.outcome === undefined && this.cursor.size > 0) {
      if (filter === undefined || this.#wanted) return true
      if (!this.#skipTo(filter)) this.#moved()
    }
    return false
  }

  /** The oldest value. Only after `look` has answered true. */
  take(): T {
    const value = this.lose()
    this.#moved()
    return value
  }

  /** Moves up to `limit` wanted values that are there now to `into[0..]`; answers how many. */
  drain(into: T[], limit: number): number {
    if (!this.look()) return 0
    const { cursor, plan: { filter } } = this
    let count = 0
    if (filter === undefined) {
      count = cursor.drain(into, limit)
      if (this.gauge !== undefined) this.gauge.changed()
      this.#stepped()
    } else {
      do into[count++] = this.lose()
      while (count < limit && this.#skipTo(filter))
    }
    // Looking for the next one passes over others.
    this.within = cursor.within
    // Only now do publishers come in, so that a drain ends even if they always have more.
    this.#moved()
    return count
  }

  /** The next value, the end, or a rejection with the failure; waits behind those who wait already. */
  next(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    const next = this.audience.next(this, this.plan.name, this.#hub.clock, options)
    if (this.audience.hasTakers) this.#hub.await(this)
    return next
  }

  /** Asks for one call of `wake` at the next value or the end. */
  notify(wake: Wake): void {
    this.audience.notify(wake)
    this.#hub.await(this)
  }

  /** There is a new value, or the end. */
  tell(): void {
    this.audience.serve(this)
    if (this.outcome === undefined && !this.audience.isEmpty) this.#hub.await(this)
  }

  /** It has lost a value by its policy. One its filter would have refused is no loss. */
  tellLost(value: T): void {
    try {
      if (this.plan.filter?.(value) === false) return
      this.dropped++
      this.plan.onDrop?.(value)
    } catch (error) {
      if (this.outcome === undefined) this.finish({ status: 'failed', error })
      else if (this.outcome.status === 'failed' && hasCode(this.outcome.error, 'SLUICE_SLOW_SUBSCRIBER')) {
        (this.outcome.error as SlowSubscriberError).cause ??= error
      }
    }
  }

  topicEnded(): void {
    this.grace.stop()
    this.tell()
    this.#endIfRead()
  }

  /** Passes over the oldest value. State only. */
  lose(): T {
    const value = this.cursor.first
    this.#wanted = false
    this.cursor.skip()
    if (this.gauge !== undefined) this.gauge.changed()
    this.#stepped()
    return value
  }

  /** Gives up everything and ends. State only: the hub tells it what it lost, and announces the end. */
  disconnect(losses: Losses<T>): void {
    const { name, lag } = this.plan
    while (this.cursor.size > 0) losses.lost.push({ reader: this, value: this.lose() })
    losses.disconnected.push(this)
    this.#leave({ status: 'failed', error: new SlowSubscriberError(name, this.#hub.name, lag) })
  }

  /** Ends it, once. */
  finish(outcome: Outcome): void {
    if (this.outcome !== undefined) return
    this.#leave(outcome)
    this.announce()
    this.#hub.pump()
  }

  /** Tells everybody who waits that it has ended. */
  announce(): void {
    if (this.outcome !== undefined) this.audience.end(this.outcome)
    const { onEnd } = this
    this.onEnd = undefined
    onEnd?.()
  }

  #leave(outcome: Outcome): void {
    this.outcome = outcome
    this.grace.stop()
    this.#hub.leave(this)
    this.cursor.release()
    if (this.gauge === undefined) return
    this.gauge.changed()
    this.#hub.gauged.delete(this.gauge)
  }

  /** Passes over what the filter refuses; true when it has come to a value it wants. Lets no publisher in. */
  #skipTo(filter: (value: T) => boolean): boolean {
    const { cursor } = this
    try {
      while (this.outcome === undefined && cursor.size > 0 && !this.#wanted) {
        const { moves } = cursor
        const wanted = filter(cursor.first)
        // The filter is user code: it may have read from here, or closed this.
        if (cursor.moves !== moves) continue
        if (wanted) this.#wanted = true
        else this.lose()
      }
    } catch (error) {
      this.finish({ status: 'failed', error })
    }
    return this.#wanted && this.outcome === undefined
  }

  /** It has read: state only. It is not at its bound any more, and may have caught up after missing values. */
  #stepped(): void {
    this.grace.stop()
    if (this.due === undefined && !this.cursor.isDetached) this.#hub.laggards.file(this)
  }

  #moved(): void {
    this.#endIfRead()
    this.#hub.pump()
  }

  #endIfRead(): void {
    if (this.#hub.outcome !== undefined && !this.look()) this.finish(this.#hub.outcome)
  }
}
