import { OptionError } from '../errors'
import { callable, wholeNumber } from '../options'
import { KeyedStorage } from './keyed-storage'
import { HeapStorage, LevelStorage } from './priority-storage'
import type { Kept } from './shelf'
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

/** Makes the storage of one {@link Held}. `owner` is named in errors about what a function of the user's answers. */
export type MakeStorage<T> = (capacity: number, owner: string) => Storage<Kept<T>>

/**
 * Checks options that say an order; answers how to make a storage with that order, undefined for first in, first out.
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
export function orderOf<T>(owner: string, options: OrderOptions<T>): MakeStorage<T> | undefined {
  const { compare, priority, levels, key, perKey } = options
  const [first, second] = (['compare', 'priority', 'key'] as const).filter((name) => options[name] !== undefined)
  if (second) throw new OptionError(owner, second, options[second], `absent where ${String(first)} is given`)
  if (levels !== undefined && priority === undefined) throw new OptionError(owner, 'levels', levels, 'given together with priority')
  if (perKey !== undefined && key === undefined) throw new OptionError(owner, 'perKey', perKey, 'given together with key')
  if (compare !== undefined) {
    callable(owner, 'compare', compare)
    return (_capacity, name) => new HeapStorage<Kept<T>>((a, b) => compare(a.value, b.value), name)
  }
  if (priority !== undefined) {
    callable(owner, 'priority', priority)
    const count = wholeNumber(owner, 'levels', levels)
    return (capacity, name) => new LevelStorage<Kept<T>>(capacity, count, ({ value }) => priority(value), name)
  }
  if (key === undefined) return undefined
  callable(owner, 'key', key)
  if (perKey !== undefined) wholeNumber(owner, 'perKey', perKey)
  return (capacity) => new KeyedStorage<Kept<T>, unknown>(capacity, perKey ?? capacity, ({ value }) => key(value))
}
