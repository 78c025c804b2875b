import { type Operator } from '@sluice/core'
import { declare, described, DONE, operator, type Outlet, PENDING, type Puller, type Stage, type Tickets, whole, wholeNumber } from '@sluice/core/authoring'
import { CountedBatches } from './counted-batches'
import { Overlap } from './overlap'
import { pullOrFail } from './reading'

const WINDOW_COUNT = /* @__PURE__ */ declare('windowCount', () => ({ args: { size: whole() }, options: { every: whole().maybe() } }), ({ size }) => ({ holds: size }))

/** Options of {@link windowCount}. */
export interface WindowCountOptions {
  /** A window begins at every so many values, 1 to `size`. Default `size`: windows do not overlap. */
  readonly every?: number | undefined
  readonly name?: string | undefined
}

/**
 * Groups values into windows of so many, which may overlap: tumbling where `every` is `size`, else sliding.
 *
 * - **emits** a window of the last `size` values, as soon as its last one is there
 * - **holds back** when downstream does: only as many values are read as the windows that are wanted need
 * - **completes** when the source completes; values that were in no window yet make a last, shorter one, together with
 *   those it would have shared with the window before
 * - **buffers** at most `size` values
 * - **on failure** of the source, the last, shorter window comes first
 * - **on abort** what is held is given up
 *
 * ```marble
 * in    1-2-3-4-5-|
 *       windowCount(3, { every: 2 })
 * out   ----[1,2,3]---[3,4,5]|
 * ```
 *
 * @param size values in a window, 1 or more.
 * @param options `every`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await range(1, 5).pipe(windowCount(2, { every: 1 })).to(toArray()).run() // [[1, 2], [2, 3], [3, 4], [4, 5]]
 * await range(1, 6).pipe(windowCount(3, { every: 2 })).to(toArray()).run() // [[1, 2, 3], [3, 4, 5], [5, 6]]
 * ```
 */
export function windowCount<A>(size: number, options?: WindowCountOptions): Operator<A, A[]> {
  const given = WINDOW_COUNT.read(options, { size })
  const { name } = given
  const every = wholeNumber('windowCount', 'every', given.every ?? size, 1, size)
  return described(WINDOW_COUNT, { ...given, size }, operator<A, A[]>(
    name,
    (upstream, stage) =>
      every === size ? new CountedBatches(upstream, stage, size) : slidingWindows(upstream, stage, size, every),
    { name },
  ))
}

function slidingWindows<A>(upstream: Outlet<A>, stage: Stage, size: number, every: number): Puller<A[]> {
  const tickets: Tickets = []
  const held = new Overlap<A>(stage, tickets)
  const chunk: A[] = []
  let ended = false

  const collect = (): number => {
    const count = pullOrFail(upstream, stage, chunk, Math.min(size - held.size, stage.scope.scheduler.batch))
    for (let i = 0; i < count; i++) {
      held.add(chunk[i] as A, upstream.tickets?.[i])
      chunk[i] = undefined as A
    }
    return count
  }

  return {
    tickets,
    pull(into, limit) {
      let written = 0
      while (written < limit) {
        if (held.size === size) {
          held.handOver(size, every, into, written++)
          continue
        }
        const count = ended ? DONE : collect()
        if (count === PENDING) return written > 0 ? written : PENDING
        if (count === DONE) {
          ended = true
          if (held.fresh > 0) held.handOver(held.size, held.size, into, written++)
          else held.finish()
          return written > 0 ? written : DONE
        }
        // A large window is collected over several turns: 0 asks the kernel for the next one.
        if (held.size < size) return written
      }
      return written
    },
    close: (outcome) => { held.giveBack(outcome) },
  }
}
