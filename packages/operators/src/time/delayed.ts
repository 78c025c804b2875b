import {
  DONE, PENDING, RingBuffer,
  type Openable, type Outcome, type Outlet, type Puller, type Stage, type StageState, type Ticket, type Tickets, type WakeableTask,
} from '@sluice/core'
import { isDue } from './due'

/**
 * A bounded queue in which every value stays for a while.
 *
 * ```text
 *   upstream ◀─pull─ pump ─▶ [values, each with the time at which it may go] ─▶ pull ◀─ consumer
 * ```
 *
 * Invariants: the three rings have the same length (tickets: where the run is tracked); due times ascend, so one timer,
 * for the first of them, is enough; it is armed only while the consumer waits.
 */
export class Delayed<T> implements Puller<T> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #delayMs: number
  readonly #values: RingBuffer<T>
  readonly #dues: RingBuffer<number>
  readonly #ringTickets: RingBuffer<Ticket | undefined> | undefined
  readonly #task: WakeableTask
  readonly #upstream: Outlet<T>
  readonly #batch: T[] = []
  #cancelTimer: (() => void) | undefined
  #started = false
  #resting = false
  #ended = false
  /** The consumer was answered PENDING and waits for a wake. */
  #waiting = false

  constructor(upstream: Openable<T>, stage: Stage, delayMs: number, capacity: number) {
    this.#stage = stage
    this.#delayMs = delayMs
    this.#values = new RingBuffer(capacity)
    this.#dues = new RingBuffer(capacity)
    this.#task = stage.task(() => this.#pump())
    this.#upstream = stage.open(upstream, this.#task.wake)
    this.tickets = this.#upstream.tickets ? [] : null
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
      if (this.#resting) {
        this.#resting = false
        this.#task.wake()
      }
      return count
    }
    if (this.#values.isEmpty && (this.#ended || this.#stage.failing)) return DONE
    this.#waiting = true
    this.#arm(now)
    if (!this.#started) {
      this.#started = true
      this.#task.wake()
    }
    return PENDING
  }

  /** What is still held will not be delivered: its tickets go back. */
  close(outcome: Outcome): void {
    this.#cancelTimer?.()
    const reason = outcome.status === 'failed' ? outcome.error : undefined
    while (this.#ringTickets?.isEmpty === false) this.#ringTickets.shift()?.nack(reason)
    this.#values.clear()
  }

  #pump(): StageState {
    const { clock, scheduler } = this.#stage.scope
    while (!this.#ended) {
      const room = this.#values.capacity - this.#values.size
      if (room === 0) {
        this.#resting = true
        return 'backpressured'
      }
      const count = this.#upstream.pull(this.#batch, Math.min(room, scheduler.batch))
      if (count === PENDING) return 'idle'
      if (count === DONE) {
        this.#ended = true
        if (this.#values.isEmpty && this.#waiting) this.#stage.wake()
        return 'idle'
      }
      const now = clock.now()
      for (let i = 0; i < count; i++) {
        this.#values.push(this.#batch[i] as T)
        this.#batch[i] = undefined as T
        this.#dues.push(now + this.#delayMs)
        this.#ringTickets?.push(this.#upstream.tickets?.[i])
      }
      if (this.#waiting) this.#arm(now)
      if (scheduler.spent(count)) {
        this.#task.wake()
        return 'busy'
      }
    }
    return 'idle'
  }

  /** Wakes the consumer when the first value may go. */
  #arm(now: number): void {
    const due = this.#dues.at(0)
    if (due === undefined || this.#cancelTimer !== undefined) return
    if (isDue(due, now)) {
      this.#waiting = false
      this.#stage.wake()
      return
    }
    const { clock, scheduler } = this.#stage.scope
    this.#cancelTimer = clock.after(due - now, () => {
      this.#cancelTimer = undefined
      this.#waiting = false
      scheduler.dispatch(this.#stage.wake)
    })
  }
}
