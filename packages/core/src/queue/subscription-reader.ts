import type { Outcome } from '../contract/outcome'
import type { Wake } from '../contract/outlet'
import type { WaitOptions } from './limit-waiting'
import { checkWait } from './limit-waiting'
import { END, SubscriptionAudience } from './subscription-audience'
import { SubscriptionCursor } from './subscription-cursor'
import { SlowSubscriberError } from './subscription-error'
import type { SubscriptionPlan } from './subscription-options'
import type { Due } from './topic-dues'
import type { TopicHub } from './topic-hub'
import type { Toll } from './topic-laggards'

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
  /** Called once when it has ended. */
  onEnd: (() => void) | undefined
  readonly #hub: TopicHub<T>
  /** The filter wants the oldest unread value. */
  #wanted = false
  #cancelGrace: (() => void) | undefined

  constructor(
    hub: TopicHub<T>,
    readonly plan: SubscriptionPlan<T>,
  ) {
    this.#hub = hub
    this.cursor = new SubscriptionCursor(hub.ring, plan.lag, plan.replay)
    this.holds = plan.policy === 'wait' || plan.graceMs > 0
  }

  /** True when there is a wanted value to read now. Passes over those the filter refuses. */
  look(): boolean {
    const { filter } = this.plan
    while (this.outcome === undefined && this.cursor.size > 0) {
      if (filter === undefined || this.#wanted) return true
      if (this.#passRefused(filter)) this.#moved()
    }
    return false
  }

  /** The oldest value. Only after `look` has answered true. */
  take(): T {
    const value = this.lose()
    this.#moved()
    return value
  }

  /** Moves up to `limit` wanted values to `into[0..]`; answers how many. */
  drain(into: T[], limit: number): number {
    let count = 0
    if (this.plan.filter !== undefined) {
      while (count < limit && this.look()) into[count++] = this.take()
    } else if (this.outcome === undefined) {
      count = this.cursor.drain(into, limit)
      if (count > 0) {
        this.#stepped()
        this.#moved()
      }
    }
    return count
  }

  /** The next value, the end, or a rejection with the failure; waits behind those who wait already. */
  next(options?: WaitOptions): Promise<IteratorResult<T, undefined>> {
    try {
      checkWait(this.plan.name, options)
      if (!this.audience.hasTakers && this.look()) return Promise.resolve({ done: false, value: this.take() })
      if (this.outcome?.status === 'failed') throw this.outcome.error
    } catch (error) {
      return Promise.reject(error as Error)
    }
    if (this.outcome !== undefined) return Promise.resolve(END)
    this.#hub.await(this)
    return this.audience.park(this.plan.name, this.#hub.clock, options)
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
      else if (this.outcome.status === 'failed' && this.outcome.error instanceof SlowSubscriberError) {
        this.outcome.error.cause ??= error
      }
    }
  }

  topicEnded(): void {
    this.#stopGrace()
    this.tell()
    this.#endIfRead()
  }

  /** It holds a publisher: unless it reads within its grace period, it is cut off. */
  startGrace(): void {
    if (this.plan.graceMs === 0 || this.#cancelGrace !== undefined) return
    this.#cancelGrace = this.#hub.clock.after(this.plan.graceMs, () => {
      this.#hub.cutOff(this)
    })
  }

  /** Passes over the oldest value. State only. */
  lose(): T {
    const value = this.cursor.first
    this.#wanted = false
    this.cursor.skip()
    this.#stepped()
    return value
  }

  /** Gives up everything and ends. State only: the hub tells it what it lost, and announces the end. */
  disconnect(toll: Toll<T>): void {
    const { name, lag } = this.plan
    while (this.cursor.size > 0) toll.losses.push({ reader: this, value: this.lose() })
    toll.disconnected.push(this)
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
    this.#stopGrace()
    this.#hub.leave(this)
    this.cursor.release()
  }

  /** Passes over what the filter refuses, up to the first value it wants; true if it passed over any. */
  #passRefused(filter: (value: T) => boolean): boolean {
    const { cursor } = this
    let passed = false
    try {
      while (this.outcome === undefined && cursor.size > 0 && !this.#wanted) {
        const { moves } = cursor
        const wanted = filter(cursor.first)
        // The filter is user code: it may have read from here, or closed this.
        if (cursor.moves !== moves) continue
        if (wanted) this.#wanted = true
        else {
          this.lose()
          passed = true
        }
      }
    } catch (error) {
      this.finish({ status: 'failed', error })
    }
    return passed
  }

  /** It has read: state only. It is not at its bound any more, and may have caught up after missing values. */
  #stepped(): void {
    this.#stopGrace()
    if (this.due === undefined && !this.cursor.isDetached) this.#hub.laggards.file(this)
  }

  #moved(): void {
    this.#endIfRead()
    this.#hub.pump()
  }

  #endIfRead(): void {
    if (this.#hub.outcome !== undefined && !this.look()) this.finish(this.#hub.outcome)
  }

  #stopGrace(): void {
    this.#cancelGrace?.()
    this.#cancelGrace = undefined
  }
}
