import { type Source } from '@sluice/core'
import { DONE, issueTicket, source, type Tickets } from '@sluice/core/authoring'

/** What became of the tickets of a {@link trackedSource}. */
export interface TrackedSource<T> {
  readonly source: Source<T>
  /** How often each ticket was settled, by the index of its value. A law says: once. */
  readonly settlements: number[]
  readonly statuses: ('ack' | 'nack' | undefined)[]
  /** Tickets that were handed out. */
  readonly issued: number
}

/**
 * A source whose values carry tickets, and that counts how each was settled.
 *
 * @example
 * ```ts
 * const tracked = trackedSource([1, 2, 3])
 * await tracked.source.pipe(filter((n) => n > 1)).to(toArray()).run()
 * tracked.statuses // ['ack', 'ack', 'ack']
 * ```
 */
export function trackedSource<T>(values: readonly T[]): TrackedSource<T> {
  const settlements: number[] = []
  const statuses: ('ack' | 'nack' | undefined)[] = []
  let issued = 0
  const tracked = source<T>('tracked', (stage) => {
    const tickets: Tickets = []
    let at = 0
    return {
      tickets,
      pull(into, limit) {
        let count = 0
        while (count < limit && at < values.length) {
          const index = at++
          issued++
          settlements[index] = 0
          statuses[index] = undefined
          into[count] = values[index] as T
          tickets[count] = issueTicket(stage, (status) => {
            settlements[index] = (settlements[index] ?? 0) + 1
            statuses[index] = status
          })
          count++
        }
        return count > 0 ? count : DONE
      },
    }
  })
  return { source: tracked, settlements, statuses, get issued() { return issued } }
}
