import type { Named } from '../contract/supervision'

const TAG = Symbol.for('sluice.named')

/** A name that cannot be taken for a value. */
export interface NameTag extends Named {
  readonly [TAG]: true
}

/**
 * A name for a stage that takes values, such as `startWith`, where an object with a name would be one more value.
 *
 * @param name shown in failures, stats and the graph.
 *
 * @example
 * ```ts
 * import { from, named, startWith, toArray } from 'sluice'
 *
 * await from([3]).pipe(startWith(1, 2, named('before'))).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function named(name: string): NameTag {
  return { name, [TAG]: true }
}

/** True for what {@link named} made. */
export function isNameTag(value: unknown): value is NameTag {
  return typeof value === 'object' && value !== null && TAG in value
}
