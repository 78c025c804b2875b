import { type Outcome } from '@sluice/core'
import {
  DONE, Feed, PENDING, RingBuffer, type Keeper, type Openable, type Puller, type Stage, type StageState, type Ticket,
  type Tickets,
} from '@sluice/core/authoring'
import { isDue } from '../timing/due'

/**
 * A bounded queue in which every value stays for a while.
 *
 * ```text
 *   upstream ◀─pull─ feed ─▶ [values, each with the time at which it may go] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: the three rings have the same length (tickets: where the run is tracked); due times ascend, so one timer,
 * for the first of them, is enough; it is armed only while the consumer waits.
 */
export class Delayed<T> implements Puller<T>, Keeper<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #delayMs: number
  readonly #values: RingBuffer<T>
  readonly #dues: RingBuffer<number>
  readonly #ringTickets: RingBuffer<Ticket | undefined> | undefined
  readonly #feed: Feed<T>
  #cancelTimer: (() => void) | undefined

  constructor(upstream: Openable<T>, stage: Stage, delayMs: number, capacity: number) {
    this.#stage = stage
    this.#delayMs = delayMs
    this.#values = new RingBuffer(capacity)
    this.#dues = new RingBuffer(capacity)
    this.#feed = new Feed<T>(stage, this, (wake) => stage.open(upstream, wake))
    this.tickets = this.#feed.tickets
    this.#ringTickets = this.tickets ? new RingBuffer(capacity) : undefined
    stage.expose(this.#values)
  }

  pull(into: T[], limit: number): number {
    const now = this.#stage.scope.clock.now()
    let count = 0
    while (count < limit && isDue(this.#dues.at(count) ?? Infinity, now)) count++
    if (count > 0) {
      for (let i = 0; i < count; i++) this.#dues.shift()
      this.#values.drain(into, count)
      this.#ringTickets?.drain(this.tickets as Tickets, count)
      this.#feed.goOn()
      return count
    }
    if (this.#values.isEmpty && this.#feed.isOver) return DONE
    this.#feed.wait()
    this.#arm(now)
    return PENDING
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = outcome.status === 'failed' ? outcome.error : undefined
    while (this.#ringTickets?.isEmpty === false) this.#ringTickets.shift()?.nack(reason)
    this.#values.clear()
  }

  room(): number | StageState {
    const room = this.#values.capacity - this.#values.size
    return room > 0 ? room : this.#feed.rest()
  }

  take(values: readonly T[], count: number, tickets: Tickets | null | undefined): boolean {
    const now = this.#stage.scope.clock.now()
    for (let i = 0; i < count; i++) {
      this.#values.push(values[i] as T)
      this.#dues.push(now + this.#delayMs)
      this.#ringTickets?.push(tickets?.[i])
    }
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
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(due - now, () => {
      this.#cancelTimer = undefined
      scheduler.dispatch(() => { this.#feed.tell() })
    })
  }
}
