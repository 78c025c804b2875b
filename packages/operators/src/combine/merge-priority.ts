import type { Named, Operator } from '@sluice/core'
import { anything, asyncOperator, declare, described, DONE, flagged, PENDING } from '@sluice/core/authoring'
import { Gather } from '../inputs/gather'
import { Input, ticketsOf } from '../inputs/input'
import { priorityOf, type MergePriorityOptions } from './priority'
import { sourcesOf, type Pullables } from '../inputs/sources'

/** Either of the two ways, as one type. */
interface Loose extends Named {
  readonly weights?: readonly number[] | undefined
  readonly strict?: boolean | undefined
}

const MERGE_PRIORITY = /* @__PURE__ */ declare('mergePriority', () => ({ options: { weights: anything, strict: flagged } }), { order: 'changed' })

/**
 * Merges sources of which some matter more than others.
 *
 * - **emits** values as they come. With `weights`, sources that always have values take turns, each of so many values; one
 *   that has none now is passed over. With `strict`, a source is asked only when those before it have nothing now
 * - **holds back** every source when downstream does; with `strict`, the later ones while the earlier ones have values, for
 *   as long as that lasts
 * - **completes** when all sources have completed
 * - **buffers** nothing: what downstream has asked for at once is filled in this order
 * - **on failure** of a source, values of the others that are there are delivered, and the run fails
 * - **on abort** all sources are closed
 *
 * ```marble
 * in     -12345|
 * other  -abc|
 *        mergePriority([other], { weights: [3, 1] })
 * out    -123a45bc|
 * ```
 *
 * @param others anything `from` takes, in an array; this source is before them.
 * @param options `weights`: values in a turn, 1 or more, one number for this source and one for each other; or
 * `strict: true`: this source before the others, each before those after it.
 * @throws OptionError where an option is wrong; TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, mergePriority, toArray } from 'sluice'
 *
 * await from([1, 2, 3]).pipe(mergePriority([['a', 'b']], { weights: [2, 1] })).to(toArray()).run() // [1, 2, 'a', 3, 'b']
 * ```
 */
export function mergePriority<A, B extends readonly unknown[] | []>(
  others: Pullables<B>,
  options: MergePriorityOptions,
): Operator<A, A | B[number]> {
  const sources = sourcesOf('mergePriority', others)
  const given = MERGE_PRIORITY.read<Loose>(options)
  const make = priorityOf('mergePriority', sources.length + 1, given)
  type T = A | B[number]
  return described(MERGE_PRIORITY, given, asyncOperator<A, T>(given.name, (upstream, stage) => {
    const inputs = [upstream, ...sources].map((source) => new Input<T>(stage, source))
    const tickets = ticketsOf(inputs)
    const gather = new Gather<T>(stage, tickets)
    const priority = make()
    return {
      tickets,
      pull(into, limit) {
        let written = 0
        while (written < limit) {
          const index = priority.next(inputs)
          const input = inputs[index]
          if (input === undefined) break
          const count = gather.pull(input, into, written, Math.min(priority.share, limit - written))
          priority.took(count)
          written += count
        }
        if (written > 0) return written
        return inputs.every(({ ended }) => ended) ? DONE : PENDING
      },
    }
  }), sources)
}
