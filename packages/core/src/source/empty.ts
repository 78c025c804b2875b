import type { Named } from '../contract/supervision'
import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const EMPTY = /* @__PURE__ */ declare('empty', () => ({}), {})

/**
 * A source that ends at once, without a value.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * await empty().to(toArray()).run() // []
 * ```
 */
export function empty(options?: Named): Source<never> {
  const given = EMPTY.read(options)
  return tell(source<never>(given.name, () => ({ pull: () => DONE })), EMPTY, given)
}
