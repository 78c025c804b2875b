import type { Outcome } from '@sluice/core'
import { DONE, PENDING, type Outlet, type Puller, type Scheduler, type Stage, type Tickets } from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { Bunch } from './bunch'
import { pullOrFail } from './reading'

/** Batches of `count` values, handed on after `withinMs` at the latest. */
export class CountedBatches<A> implements Puller<A[]> {
  readonly tickets: Tickets = []
  readonly #upstream: Outlet<A>
  readonly #tracked: Tickets | null
  readonly #stage: Stage
  readonly #scheduler: Scheduler
  readonly #count: number
  readonly #withinMs: number | undefined
  readonly #bunch: Bunch<A>
  readonly #alarm: Alarm
  readonly #chunk: A[] = []
  #ended = false

  constructor(upstream: Outlet<A>, stage: Stage, count: number, withinMs?: number) {
    this.#upstream = upstream
    this.#tracked = upstream.tickets ?? null
    this.#stage = stage
    this.#scheduler = stage.scope.scheduler
    this.#count = count
    this.#withinMs = withinMs
    this.#bunch = new Bunch<A>(stage)
    this.#alarm = new Alarm(stage)
  }

  pull(into: A[][], limit: number): number {
    const bunch = this.#bunch
    let written = 0
    while (written < limit) {
      if (bunch.size === this.#count || (this.#alarm.rang && bunch.size > 0)) {
        this.#flush(into, written++)
        continue
      }
      const size = this.#ended ? DONE : this.#collect()
      if (size === PENDING) {
        if (this.#withinMs !== undefined && bunch.size > 0) this.#alarm.set(this.#withinMs)
        return written > 0 ? written : PENDING
      }
      if (size === DONE) {
        this.#ended = true
        if (bunch.size > 0) this.#flush(into, written++)
        return written > 0 ? written : DONE
      }
      // A large batch is collected over several turns: 0 asks the kernel for the next one.
      if (bunch.size < this.#count) return written
    }
    return written
  }

  close(outcome: Outcome): void {
    this.#alarm.clear()
    this.#bunch.giveBack(outcome)
  }

  /** Adds to the batch at hand; answers what upstream did. */
  #collect(): number {
    const bunch = this.#bunch
    const { values } = bunch
    const limit = Math.min(this.#count - values.length, this.#scheduler.batch)
    let size: number
    if (values.length === 0) {
      // Into an empty batch upstream writes directly: full, it is handed on without a copy.
      size = pullOrFail(this.#upstream, this.#stage, values, limit)
      // Upstream may have left anything behind what it answered.
      if (values.length !== Math.max(size, 0)) values.length = Math.max(size, 0)
    } else {
      const chunk = this.#chunk
      size = pullOrFail(this.#upstream, this.#stage, chunk, limit)
      for (let i = 0; i < size; i++) {
        values.push(chunk[i] as A)
        chunk[i] = undefined as A
      }
    }
    if (this.#tracked && size > 0) bunch.addTickets(this.#tracked, size)
    return size
  }

  #flush(into: A[][], at: number): void {
    this.#alarm.clear()
    this.#bunch.handOver(into, at, this.tickets)
  }
}
