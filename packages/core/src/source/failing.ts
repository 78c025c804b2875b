import type { Named } from '../contract/supervision'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const FAILING = /* @__PURE__ */ declare('failing', () => ({}), {})

/**
 * A source that fails at once, for tests and for a branch that must not be taken.
 *
 * @param error what the run rejects with.
 * @param options `name`.
 *
 * @example
 * ```ts
 * await failing(new Error('no')).to(toArray()).run().then(undefined, (error: Error) => error.message) // 'no'
 * ```
 */
export function failing(error: unknown, options?: Named): Source<never> {
  const given = FAILING.read(options)
  return tell(source<never>(given.name, () => ({
    pull() {
      throw error
    },
  })), FAILING, given)
}
