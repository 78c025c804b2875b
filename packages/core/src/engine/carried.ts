import type { Within } from '../contract/context'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Stage } from '../contract/stage'
import type { Tickets } from '../contract/ticket'
import { calledWithin } from '../copies/context-carriers'
import { runningStage } from './running-stage'
import { carriedTicket } from './shares'

/** What gives one value at a time, and the context in which each was put. */
interface Carrying extends Pick<Puller<unknown>, 'halt'> {
  readonly carries?: boolean | undefined
  readonly within?: Within | undefined
}

/**
 * The values of a queue with the contexts in which they were put, where the queue keeps these: each value has a ticket that carries its
 * context, and so the context follows the value wherever a ticket does.
 *
 * @param outlet gives one value in a pull where it `carries`, and has the context of that value in `within` then.
 *
 * @example
 * ```ts
 * import { source, valueContexts, withContexts, type Puller, type Stage } from '@sluice/core/authoring'
 *
 * const carries = valueContexts() !== undefined
 * const one = (stage: Stage, outlet: Puller<number>) => withContexts(Object.assign(outlet, { carries, within: undefined }), stage)
 * source<number>('ones', (stage) => one(stage, { pull(into) { into[0] = 1; return 1 } }))
 * ```
 */
export function withContexts<T>(outlet: Outlet<T> | Puller<T>, stage: Stage): Puller<T> {
  const carrying = outlet as Carrying
  if (carrying.carries !== true) return outlet
  const { totals } = runningStage(stage).scope
  const tickets: Tickets = []
  return {
    tickets,
    live: outlet.live,
    get elsewhere() { return outlet.elsewhere },
    pull(into) {
      const count = outlet.pull(into, 1)
      if (count > 0) tickets[0] = carrying.within && carriedTicket(totals, carrying.within)
      return count
    },
    // Absent where the outlet has none: a source without it is closed at once.
    ...(carrying.halt && { halt: () => (carrying as Required<Carrying>).halt() }),
    close: (outcome) => outlet.close?.(outcome),
  }
}

/** A function of values that is called in the contexts of these, one after the other: the k-th call has the k-th ticket. */
export function calledInTurn(call: (value: unknown) => unknown, tickets: Tickets): (value: unknown) => unknown {
  let at = 0
  return (value) => {
    const within = tickets[at++]?.within
    return within === undefined ? call(value) : calledWithin(within, () => call(value))
  }
}
