import type { Clock } from '../contract/clock'
import type { Within } from '../contract/context'
import type { Outcome } from '../contract/outcome'
import { contextCarriers } from '../copies/context-carriers'
import { QueueClosedError } from '../errors'
import type { Gauge } from '../held/gauge'
import type { WaitingCall } from '../waiting/wait-in-line'
import type { SubscriptionReader } from './reader'
import type { Losses } from './laggards'
import { TopicLaggards } from './laggards'
import { TopicRing, type Published } from './topic-ring'
import { Waiters } from '../waiting/waiters'

/**
 * What a topic and its subscriptions share. Every change is made in two steps: first the state, calling nobody; then the
 * calls (`onDrop`, wakes, filters), any of which may come back in here and finds the state whole.
 *
 * ```text
 *   publishers ──▶ blocked? ──▶ laggards make room ──▶ ring ──▶ │ tell: who lost, who was cut off, who waits, who filters
 *                  └──────────────────── state ─────────────────┴──────────────────── calls ─────────────────────────
 * ```
 *
 * Invariants: publishers wait only while the topic is blocked; after the end none waits and no grace period runs.
 */
export class TopicHub<T> {
  readonly ring: TopicRing<T>
  readonly laggards: TopicLaggards<T>
  readonly readers = new Set<SubscriptionReader<T>>()
  /** Of subscriptions that are the source of a run. */
  readonly gauged = new Set<Gauge>()
  readonly publishers = new Waiters<WaitingCall<Published<T>, void>>()
  /** Values are kept with the contexts in which they were published: contexts were carried when the topic was made. */
  readonly carries = contextCarriers.ofValue !== undefined
  /** Readers that want to be told of the next value. */
  #waiting = new Set<SubscriptionReader<T>>()
  #filters = 0
  #pumping = false
  /** How the topic ended; undefined while it has not. */
  outcome: Outcome | undefined

  constructor(
    readonly name: string,
    capacity: number,
    replay: number,
    readonly waitsForReaders: boolean,
    readonly clock: Clock,
  ) {
    this.ring = new TopicRing(capacity, replay)
    this.laggards = new TopicLaggards(this.ring)
  }

  join(reader: SubscriptionReader<T>): void {
    this.readers.add(reader)
    if (reader.plan.filter !== undefined) this.#filters++
    this.laggards.add(reader)
    if (this.outcome !== undefined) reader.topicEnded()
    else {
      reader.look()
      this.pump()
    }
  }

  /** It reads no more. State only: `pump` has to follow. */
  leave(reader: SubscriptionReader<T>): void {
    if (!this.readers.delete(reader)) return
    if (reader.plan.filter !== undefined) this.#filters--
    this.#waiting.delete(reader)
    this.laggards.strike(reader)
  }

  /** It asks to be told when there is a new value. */
  await(reader: SubscriptionReader<T>): void {
    this.#waiting.add(reader)
  }

  /** True while the next value may not enter. */
  isBlocked(): boolean {
    return this.readers.size === 0 ? this.waitsForReaders : this.laggards.isHeld()
  }

  /** Puts a value in and tells who has to know. Only when it is not blocked. */
  publish(value: T, within = this.capture()): void {
    const losses: Losses<T> = { lost: [], disconnected: [] }
    this.laggards.makeRoom(losses)
    this.laggards.offer(this.ring.append(value, within), losses)
    if (this.gauged.size > 0) for (const gauge of this.gauged) gauge.changed()
    this.#collect(losses)
    if (this.#waiting.size > 0) this.#tellWaiting()
    if (this.#filters > 0) this.#clearFronts()
  }

  /** The context of whoever publishes, where contexts are kept. */
  capture(): Within | undefined {
    return this.carries ? contextCarriers.ofValue?.() : undefined
  }

  /** Lets publishers in while there is room. A re-entrant call leaves the work to the one that is at it. */
  pump(): void {
    if (this.#pumping || this.publishers.size === 0) return
    this.#pumping = true
    try {
      while (this.publishers.size > 0 && !this.isBlocked()) {
        const call = this.publishers.serve() as WaitingCall<Published<T>, void>
        call.resolve()
        this.publish(call.value.value, call.value.within)
      }
    } finally {
      this.#pumping = false
    }
    if (this.publishers.size > 0) this.laggards.startGrace()
  }

  /** Ends a subscription that has held the publishers for too long. */
  cutOff(reader: SubscriptionReader<T>): void {
    const losses: Losses<T> = { lost: [], disconnected: [] }
    reader.disconnect(losses)
    this.#collect(losses)
    this.pump()
  }

  /** Ends the topic: publishers that wait are refused, readers read on and then learn how it ended. */
  end(outcome: Outcome): void {
    if (this.outcome !== undefined) return
    this.outcome = outcome
    for (let call = this.publishers.serve(); call !== undefined; call = this.publishers.serve()) {
      call.reject(this.refusal())
    }
    for (const reader of this.readers) reader.topicEnded()
  }

  /** What publishers are refused with after the end. */
  refusal(): unknown {
    return this.outcome?.status === 'failed' ? this.outcome.error : new QueueClosedError(`${this.name} is closed`)
  }

  #collect(losses: Losses<T>): void {
    for (const { reader, value } of losses.lost) reader.tellLost(value)
    for (const reader of losses.disconnected) reader.announce()
  }

  #tellWaiting(): void {
    // Those who ask again while they are told want to hear of the value after this one.
    const told = this.#waiting
    this.#waiting = new Set()
    for (const reader of told) reader.tell()
  }

  /** A value that its filter refuses is not worth being at the bound for. */
  #clearFronts(): void {
    for (const reader of this.laggards.suspects()) {
      if (reader.cursor.size >= reader.cursor.lag) reader.look()
    }
  }
}
