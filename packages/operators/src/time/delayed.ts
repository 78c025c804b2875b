import { type Outcome } from '@sluice/core'
import {
  DONE, Feed, Held, PENDING, reasonOf, RingBuffer, type Keeper, type Openable, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core/authoring'
import { isDue } from '../timing/due'

/**
 * A bounded queue in which every value stays for a while.
 *
 * ```text
 *   upstream ◀─pull─ feed ─▶ [values, each with the time at which it may go] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: there is a due time for each value held; due times ascend, so one timer,
 * for the first of them, is enough; it is armed only while the consumer waits.
 */
export class Delayed<T> implements Puller<T>, Keeper<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #delayMs: number
  readonly #values: Held<T>
  readonly #dues: RingBuffer<number>
  readonly #feed: Feed<T>
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Openable<T>, stage: Stage, delayMs: number, capacity: number) {
    this.#stage = stage
    this.#delayMs = delayMs
    this.#values = new Held({ capacity })
    this.#dues = new RingBuffer(capacity)
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    stage.expose(this.#values)
  }

  pull(into: T[], limit: number): number {
    const now = this.#stage.scope.clock.now()
    let count = 0
    while (count < limit && isDue(this.#dues.at(count) ?? Infinity, now)) count++
    if (count > 0) {
      for (let i = 0; i < count; i++) this.#dues.shift()
      this.#feed.goOn()
      return this.#values.drainInto(into, this.tickets, count)
    }
    if (this.#values.isEmpty && this.#feed.isOver) return DONE
    this.#feed.wait()
    this.#arm(now)
    return PENDING
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    this.#values.giveBack(reasonOf(outcome))
  }

  room(): number | StageState {
    return this.#values.room || this.#feed.rest()
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    const now = this.#stage.scope.clock.now()
    this.#values.pushAll(values, 0, count, tickets)
    for (let i = 0; i < count; i++) this.#dues.push(now + this.#delayMs)
    if (this.#feed.isAwaited) this.#arm(now)
    return false
  }

  ended(): void {
    if (this.#values.isEmpty) this.#feed.tell()
  }

  /** Wakes the consumer when the first value may go. */
  #arm(now: number): void {
    const due = this.#dues.at(0)
    if (due === undefined || this.#cancelTimer !== undefined) return
    if (isDue(due, now)) {
      this.#feed.tell()
      return
    }
    const { scheduler } = this.#stage.scope
    this.#cancelTimer = this.#stage.after(due - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => { this.#feed.tell() })
    })
  }
}
