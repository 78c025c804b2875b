import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'

/**
 * A source that ends at once, without a value.
 *
 * @example
 * ```ts
 * await empty().to(toArray()).run() // []
 * ```
 */
export function empty(): Source<never> {
  return source<never>('empty', () => ({ pull: () => DONE }))
}
