import { callable, optionsOf, wholeNumber } from '../options'
import { BoundedQueue } from './bounded-queue'
import { QUEUE_OPTIONS, type BoundedQueueOptions } from './bounded-queue-options'
import { ofStored } from './bounded-store'
import { KeyedStorage } from '../held/keyed-storage'

/** Options of a {@link KeyedQueue}. */
export interface KeyedQueueOptions<T, K> extends BoundedQueueOptions<T> {
  /** To which key a value belongs; it must always answer the same for a value. */
  readonly key: (value: T) => K
  /** Values of one key it holds at most. Default: the capacity. A put of a full key waits, and those behind it. */
  readonly perKey?: number | undefined
}

/**
 * A {@link BoundedQueue} that is fair between keys: each key that has values gives one in turn, in the order they were
 * put. A key with a thousand values does not hold up one with a single value.
 *
 * It has the verbs and options of a BoundedQueue. `drop-oldest` drops the oldest value of a key that is full, else the one
 * whose turn is next.
 *
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const requests = new KeyedQueue<Request, string>({ capacity: 1000, perKey: 50, key: (request) => request.user })
 * ```
 */
export class KeyedQueue<T, K> extends BoundedQueue<T> {
  readonly #storage: KeyedStorage<T, K>

  constructor(options: KeyedQueueOptions<T, K>) {
    const given = optionsOf('KeyedQueue', options, ['perKey', 'key', ...QUEUE_OPTIONS])
    const capacity = wholeNumber('KeyedQueue', 'capacity', given.capacity, 0)
    const perKey = wholeNumber('KeyedQueue', 'perKey', given.perKey ?? Math.max(1, capacity))
    const key = callable('KeyedQueue', 'key', given.key as (value: T) => K)
    const storage = new KeyedStorage<T, K>(capacity, perKey, ofStored(given.weigh !== undefined, key))
    super(options, storage, 'KeyedQueue')
    this.#storage = storage
  }

  /** Keys that have values right now. */
  get keys(): number {
    return this.#storage.keys
  }
}
