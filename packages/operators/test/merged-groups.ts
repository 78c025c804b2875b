import { type Operator } from '@sluice/core'
import { asyncOperator, DONE, PENDING, type Outlet, type Tickets } from '@sluice/core/authoring'
import type { Group } from '../src/batch/grouping'

/**
 * Hands on the values of all groups, opened in the same run, whichever has some. A failure waits until what came before
 * it is out, in all groups.
 */
export function mergedGroups<A>(): Operator<Group<unknown, A>, A> {
  return asyncOperator('mergedGroups', (upstream, stage) => {
    const outer = stage.open(upstream)
    const inners = new Set<Outlet<A>>()
    const tickets: Tickets | null = outer.tickets ? [] : null
    const slot: Group<unknown, A>[] = []
    const scratch: A[] = []
    let failure: { readonly error: unknown } | undefined
    let ended = false
    const ask = <T>(outlet: Outlet<T>, into: T[], limit: number): number => {
      try {
        return outlet.pull(into, limit)
      } catch (error) {
        failure ??= { error }
        return DONE
      }
    }
    return {
      tickets,
      pull(into, limit) {
        while (!ended) {
          const count = ask(outer, slot, 1)
          if (count === PENDING) break
          if (count === DONE) ended = true
          else inners.add(stage.open((slot[0] as Group<unknown, A>).source))
        }
        let written = 0
        for (const inner of inners) {
          if (written === limit) break
          const count = ask(inner, scratch, limit - written)
          if (count === DONE) inners.delete(inner)
          for (let i = 0; i < count; i++) {
            if (tickets) tickets[written] = inner.tickets?.[i]
            into[written++] = scratch[i] as A
          }
        }
        if (written > 0) return written
        if (!ended || inners.size > 0) return PENDING
        if (failure) throw failure.error
        return DONE
      },
    }
  })
}
