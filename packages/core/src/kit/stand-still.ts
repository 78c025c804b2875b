import { PENDING } from '../contract/answers'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { operatorOf } from './operator'

/** Hands on so many values, then neither values nor an end: for rehearsals of a source that would end. */
export function standStill<T>(count: number): Operator<T, T> {
  return operatorOf<T, T>('standStill', undefined, false, (upstream, stage) => new StandStill<T>(upstream, stage, count))
}

class StandStill<T> implements Puller<T> {
  readonly tickets: Tickets | null
  readonly #upstream: Outlet<T>
  #left: number

  constructor(upstream: Outlet<T>, stage: Stage, count: number) {
    this.tickets = upstream.tickets ?? null
    this.#upstream = upstream
    this.#left = count
    stage.waitFor('external')
  }

  pull(into: T[], limit: number): number {
    if (this.#left === 0) return PENDING
    const count = this.#upstream.pull(into, Math.min(limit, this.#left))
    if (count > 0) this.#left -= count
    return count
  }
}
