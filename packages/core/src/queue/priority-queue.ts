import { callable, wholeNumber } from '../options'
import { BoundedQueue } from './bounded-queue'
import type { BoundedQueueOptions } from './bounded-queue-options'
import { HeapStorage, LevelStorage } from './priority-storage'
import type { Storage } from './storage'

/** Options of a {@link PriorityQueue}: levels, or an order. */
export type PriorityQueueOptions<T> = Omit<BoundedQueueOptions<T>, 'weigh' | 'maxWeight'> &
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
  if (options.levels === undefined) return new HeapStorage<T>(callable('PriorityQueue', 'compare', options.compare))
  const levels = wholeNumber('PriorityQueue', 'levels', options.levels)
  return new LevelStorage<T>(wholeNumber('PriorityQueue', 'capacity', options.capacity, 0), levels, callable('PriorityQueue', 'priority', options.priority))
}
