import type { Outcome } from '@sluice/core'
import { DONE, PENDING, type Outlet, type Puller, type Scheduler, type Stage, type Tickets } from '@sluice/core/authoring'
import { Alarm } from './alarm'
import { OpenBatch } from './open-batch'
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
  readonly #collected: OpenBatch<A>
  readonly #alarm: Alarm
  readonly #chunk: A[] = []
  /** How many values of the batch at hand are there; its array may be longer. */
  #size = 0
  /** An array as long as a full batch, from the first full one on: a copy of it has room at once, one that grows is copied four times. */
  #room: A[] | undefined
  #ended = false

  constructor(upstream: Outlet<A>, stage: Stage, count: number, withinMs?: number) {
    this.#upstream = upstream
    this.#tracked = upstream.tickets ?? null
    this.#stage = stage
    this.#scheduler = stage.scope.scheduler
    this.#count = count
    this.#withinMs = withinMs
    this.#collected = new OpenBatch<A>(stage)
    this.#alarm = new Alarm(stage)
  }

  pull(into: A[][], limit: number): number {
    let written = 0
    while (written < limit) {
      if (this.#size === this.#count || (this.#alarm.rang && this.#size > 0)) {
        this.#flush(into, written++)
        continue
      }
      const answer = this.#ended ? DONE : this.#collect()
      if (answer === PENDING) {
        if (this.#withinMs !== undefined && this.#size > 0) this.#alarm.set(this.#withinMs)
        return written > 0 ? written : PENDING
      }
      if (answer === DONE) {
        this.#ended = true
        if (this.#size > 0) this.#flush(into, written++)
        return written > 0 ? written : DONE
      }
      // A large batch is collected over several turns.
      if (this.#size < this.#count && this.#scheduler.spent(1)) return this.#stage.giveWay(written)
    }
    return written
  }

  close(outcome: Outcome): void {
    this.#alarm.clear()
    this.#collected.giveBack(outcome)
  }

  /** Adds to the batch at hand; answers what upstream did. */
  #collect(): number {
    const { values } = this.#collected
    const size = this.#size
    const limit = Math.min(this.#count - size, this.#scheduler.batch)
    let more: number
    if (size === 0) {
      // Into an empty batch upstream writes directly: full, it is handed on without a copy.
      more = pullOrFail(this.#upstream, this.#stage, values, limit)
      // Upstream may have left anything behind what it answered.
      if (more < limit) values.length = Math.max(more, 0)
    } else {
      const chunk = this.#chunk
      more = pullOrFail(this.#upstream, this.#stage, chunk, limit)
      for (let i = 0; i < more; i++) {
        values[size + i] = chunk[i] as A
        chunk[i] = undefined as A
      }
    }
    if (more < 0) return more
    this.#size = size + more
    if (this.#tracked) this.#collected.addTickets(this.#tracked, more)
    return more
  }

  #flush(into: A[][], at: number): void {
    const collected = this.#collected
    const isFull = this.#size === this.#count
    this.#alarm.clear()
    if (collected.values.length !== this.#size) collected.values.length = this.#size
    collected.handOver(into, at, this.tickets)
    this.#size = 0
    if (isFull && this.#count <= MOST_ROOM) collected.values = (this.#room ??= roomFor<A>(this.#count)).slice()
  }
}

/** Longer batches grow: a last one that stays short would have held the room for nothing. */
const MOST_ROOM = 1024

/** Pushed one by one, for an array that is made with a length is one with holes. */
function roomFor<A>(count: number): A[] {
  const room: unknown[] = []
  for (let i = 0; i < count; i++) room.push(0)
  return room as A[]
}
