import { DONE, finiteNumber, joinTickets, operator, PENDING, wholeNumber, type Operator, type Tickets } from '@sluice/core'

/** Options of {@link batch}. */
export interface BatchOptions {
  /** A batch that is not full is handed on so many ms after its first value came. Default: it waits until it is full. */
  readonly withinMs?: number | undefined
  readonly name?: string | undefined
}

/**
 * Groups values into arrays.
 *
 * - **emits** when `count` values are there, when `withinMs` have passed since the first of them, and at the end
 * - **holds back** when downstream does: nothing is collected while no batch is wanted
 * - **completes** when the source completes; what is left comes out as a last, shorter batch, and none is ever empty
 * - **buffers** at most `count` values
 * - **on failure** of the source, what was collected is handed on first
 * - **on abort** what was collected is given up; one timer at most, and only while a batch is incomplete
 *
 * @param count values in a full batch, 1 or more.
 * @param options `withinMs`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await range(1, 5).pipe(batch(2)).to(toArray()).run() // [[1, 2], [3, 4], [5]]
 * from(events).pipe(batch(500, { withinMs: 200 }))
 * ```
 */
export function batch<A>(count: number, options: BatchOptions = {}): Operator<A, A[]> {
  const { withinMs, name = 'batch' } = options
  wholeNumber('batch', 'count', count)
  if (withinMs !== undefined) finiteNumber('batch', 'withinMs', withinMs)
  return operator<A, A[]>(
    name,
    (upstream, stage) => {
      const { clock, scheduler } = stage.scope
      const tracked = upstream.tickets ?? null
      const tickets: Tickets | null = tracked && []
      let values: A[] = []
      let parts: Tickets = []
      let cancel: (() => void) | undefined
      let due = false
      /** Upstream's end, kept until what was collected is out. */
      let ended: { readonly failed: boolean; readonly error?: unknown } | undefined

      const startTimer = (): void => {
        if (withinMs === undefined || cancel !== undefined) return
        cancel = clock.after(withinMs, () => {
          due = true
          scheduler.dispatch(stage.wake)
        })
      }
      const flush = (into: A[][], at: number): void => {
        cancel?.()
        cancel = undefined
        due = false
        into[at] = values
        if (tickets) tickets[at] = joinTickets(parts, values.length)
        values = []
        parts = []
      }
      /** Adds to the batch at hand; answers what upstream did. */
      const collect = (): number => {
        // Into an empty batch upstream writes directly: full, it is handed on without a copy.
        const chunk = values.length === 0 ? values : ([] as A[])
        let size: number
        try {
          size = upstream.pull(chunk, Math.min(count - values.length, scheduler.batch))
        } catch (error) {
          // The failure waits until what was collected before it is out.
          ended = { failed: true, error }
          return DONE
        }
        if (size > 0) {
          if (tracked) for (let i = 0; i < size; i++) parts.push(tracked[i])
          if (chunk !== values) for (let i = 0; i < size; i++) values.push(chunk[i] as A)
        }
        return size
      }

      return {
        tickets,
        pull(into, limit) {
          let written = 0
          while (written < limit) {
            if (values.length === count || (due && values.length > 0)) {
              flush(into, written++)
              continue
            }
            due = false
            const size = ended ? DONE : collect()
            if (size === PENDING) {
              if (values.length > 0) startTimer()
              return written > 0 ? written : PENDING
            }
            if (size === DONE) {
              if (values.length > 0) flush(into, written++)
              else if (written === 0 && ended?.failed) throw ended.error
              return written > 0 ? written : DONE
            }
            // A large batch is collected over several turns: 0 asks the kernel for the next one.
            if (values.length < count) return written
          }
          return written
        },
        close(outcome) {
          cancel?.()
          for (const part of parts) part?.nack(outcome.status === 'failed' ? outcome.error : undefined)
        },
      }
    },
    { name },
  )
}
