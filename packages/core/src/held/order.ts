import { answeredLevel, answeredOrder } from '../answered'
import { OptionError } from '../errors'
import { callable, wholeNumber } from '../options'
import { KeyedStorage } from './keyed-storage'
import { HeapStorage, LevelStorage } from './priority-storage'
import type { Ranked } from './shelf'
import type { Storage } from './storage'

/** In which order a queue hands out what it holds: first in, first out where none of these is given. */
export interface OrderOptions<T> {
  /** Negative where `a` comes out before `b`, as for `Array.sort`; of equals the one that came first. Instead of `priority` and `key`. */
  readonly compare?: ((a: T, b: T) => number) | undefined
  /** The level of a value: 0, the most urgent, to `levels - 1`. With `levels`, instead of `compare` and `key`. */
  readonly priority?: ((value: T) => number) | undefined
  /** How many levels there are, 1 or more. With `priority`. */
  readonly levels?: number | undefined
  /** To which key a value belongs; keys give one value each in turn. Instead of `compare` and `priority`. */
  readonly key?: ((value: T) => unknown) | undefined
  /** Values of one key held at most, 1 or more. Default: the capacity. With `key`. */
  readonly perKey?: number | undefined
}

/** An order other than first in, first out. `owner` is named in errors about the answers of the user's function. */
export interface Order<T> {
  /**
   * Asks the user's function about a value, once, before anything is changed for that value.
   *
   * @throws what the function throws, and AnswerError where its answer cannot be worked with.
   */
  rank(value: T, owner: string): unknown
  /** Makes the storage of one {@link Held}, which looks at the ranks of values, and asks again only to compare two of them. */
  storage(capacity: number, owner: string): Storage<Ranked<T>>
}

/**
 * Checks options that say an order; answers that order, undefined for first in, first out.
 *
 * @param owner named in errors: the operator.
 * @throws OptionError where an option is wrong, or two of them contradict each other.
 *
 * @example
 * ```ts
 * import { Held, orderOf } from '@sluice/core/authoring'
 *
 * const held = new Held<number>({ capacity: 10, order: orderOf('mine', { compare: (a, b) => a - b }) })
 * ```
 */
export function orderOf<T>(owner: string, options: OrderOptions<T>): Order<T> | undefined {
  const { compare, priority, levels, key, perKey } = options
  const [first, second] = (['compare', 'priority', 'key'] as const).filter((name) => options[name] !== undefined)
  if (second) throw new OptionError(owner, second, options[second], `absent where ${String(first)} is given`)
  if (levels !== undefined && priority === undefined) throw new OptionError(owner, 'levels', levels, 'given together with priority')
  if (perKey !== undefined && key === undefined) throw new OptionError(owner, 'perKey', perKey, 'given together with key')
  if (compare !== undefined) {
    callable(owner, 'compare', compare)
    return {
      // Compared with itself a value shows its own faults. The first comparison with another one would blame either of the two.
      rank: (value, name) => answeredOrder(name, compare(value, value)),
      storage: (_capacity, name) => new HeapStorage<Ranked<T>>((a, b) => compare(a.value, b.value), name),
    }
  }
  if (priority !== undefined) {
    callable(owner, 'priority', priority)
    const count = wholeNumber(owner, 'levels', levels)
    return {
      rank: (value, name) => answeredLevel(name, priority(value), count),
      storage: (capacity) => new LevelStorage<Ranked<T>>(capacity, count, ({ rank }) => rank as number),
    }
  }
  if (key === undefined) return undefined
  callable(owner, 'key', key)
  if (perKey !== undefined) wholeNumber(owner, 'perKey', perKey)
  return { rank: key, storage: (capacity) => new KeyedStorage<Ranked<T>, unknown>(capacity, perKey ?? capacity, ({ rank }) => rank) }
}
