import type { Wake } from '../contract/outlet'
import type { Scheduler } from '../contract/scheduler'
import { macrotask } from '../engine/macrotask'

/** So many turns in a row for one call each: then it pays to look whether more calls settle in the same turn of the event loop. */
const LONE_TURNS = 32
/** With fewer calls running a turn is not sent later: there would be little to gather. */
const WORTH_GATHERING = 8

/**
 * Wakes a stage for calls that have settled, one turn of the stage for as many of them as come together.
 *
 * ```text
 *   settled, settled ─ microtask ─▶ turn                      calls whose promises resolve together
 *   settled ─▶ turn, settled ─▶ turn, … 32 times
 *      └─▶ settled, settled, … ─ macrotask ─▶ turn            calls that settle one by one in one turn of the event loop
 *                 └ only one came: back to microtasks
 * ```
 *
 * Between two callbacks of one turn of the event loop all microtasks run, so that 64 answers of `setImmediate` or of sockets
 * would be 64 turns of the stage: gathered they take less than half the time.
 *
 * Invariant: while `#settled` is above 0 a wake has come since the last turn, or is on its way.
 */
export class GatheredWake {
  readonly #scheduler: Scheduler
  readonly #wake: Wake
  /** Calls that have settled since the last turn. */
  #settled = 0
  /** Turns in a row that had one call each. */
  #lone = 0
  #later: (() => void) | undefined

  constructor(scheduler: Scheduler, wake: Wake) {
    this.#scheduler = scheduler
    this.#wake = wake
  }

  /** A call has settled, and `running` are still in flight. */
  settled(running: number): void {
    if (this.#settled++ > 0) return
    if (this.#lone < LONE_TURNS || running < WORTH_GATHERING) {
      this.#wake()
      return
    }
    macrotask(this.#later ??= () => { this.#scheduler.dispatch(this.#wake) })
  }

  /** The last call has settled: nothing else can come in the same turn. */
  settledLast(): void {
    this.#settled++
    this.#scheduler.dispatch(this.#wake)
  }

  /** The stage has had its turn. */
  served(): void {
    if (this.#settled === 0) return
    const gathers = this.#lone >= LONE_TURNS
    const isLone = this.#settled === 1
    // Waited for in vain, or not needed: counts from 0 again.
    if (isLone === gathers) this.#lone = 0
    else if (isLone) this.#lone++
    this.#settled = 0
  }
}
