import { answeredLevel } from '../answered'
import { OptionError } from '../errors'
import { callable, optionsOf, wholeNumber } from '../options'
import { BoundedQueue } from './bounded-queue'
import { QUEUE_OPTIONS, type BoundedQueueOptions } from './bounded-queue-options'
import { ofStored, storesMore } from './bounded-store'
import { HeapStorage, LevelStorage } from '../held/priority-storage'
import type { Storage } from '../held/storage'

/** Options of a {@link PriorityQueue}: levels, or an order. */
export type PriorityQueueOptions<T> = BoundedQueueOptions<T> &
  (
    | {
        /** How many levels there are, 1 or more. */
        readonly levels: number
        /** The level of a value: 0, the most urgent, to `levels - 1`. */
        readonly priority: (value: T) => number
        readonly compare?: undefined
      }
    | {
        /** Negative where `a` comes out before `b`, as for `Array.sort`. */
        readonly compare: (a: T, b: T) => number
        readonly levels?: undefined
        readonly priority?: undefined
      }
  )

/**
 * A {@link BoundedQueue} from which the most urgent value comes out first; of equally urgent ones the one put first.
 *
 * It has the verbs and options of a BoundedQueue. A put that waits is ordered when it is accepted. `drop-oldest` drops
 * the least urgent value, the oldest of those. With levels a put or take is O(levels), with `compare` O(log size).
 *
 * @throws OptionError where an option is wrong, or neither levels nor an order is given.
 *
 * @example
 * ```ts
 * const jobs = new PriorityQueue<Job>({ capacity: 100, levels: 3, priority: (job) => job.urgency })
 * ```
 */
export class PriorityQueue<T> extends BoundedQueue<T> {
  constructor(options: PriorityQueueOptions<T>) {
    super(options, storageFor(options), 'PriorityQueue')
  }
}

function storageFor<T>(options: PriorityQueueOptions<T>): Storage<T> {
  const { capacity, weigh, levels, priority, compare }: Loose<T> = optionsOf('PriorityQueue', options, ['levels', 'priority', 'compare', ...QUEUE_OPTIONS])
  const weighs = weigh !== undefined
  if (levels === undefined && priority === undefined) {
    const order = callable('PriorityQueue', 'compare (or levels with priority)', compare as (a: T, b: T) => number)
    const valueOf = ofStored<T, T>(weighs, (value) => value)
    return new HeapStorage<T>(storesMore(weighs) ? (a, b) => order(valueOf(a), valueOf(b)) : order)
  }
  if (compare !== undefined) throw new OptionError('PriorityQueue', 'compare', compare, 'absent where there are levels')
  const count = wholeNumber('PriorityQueue', 'levels', levels)
  const asked = callable('PriorityQueue', 'priority', priority as (value: T) => number)
  const levelOf = ofStored<T, number>(weighs, (value) => answeredLevel('PriorityQueue', asked(value), count))
  return new LevelStorage<T>(wholeNumber('PriorityQueue', 'capacity', capacity, 0), count, levelOf)
}

/** Options of either kind before they are checked. */
type Loose<T> = Partial<BoundedQueueOptions<T>> & {
  readonly levels?: unknown
  readonly priority?: ((value: T) => number) | undefined
  readonly compare?: ((a: T, b: T) => number) | undefined
}
