import type { Named } from '../contract/supervision'
import { PENDING } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { tell } from '../kit/described'
import { declare } from '../options/declare'

const NEVER = /* @__PURE__ */ declare('never', () => ({}), {})

/**
 * A source that neither emits nor ends, until the run is stopped or aborted. It holds no timer.
 *
 * @param options `name`.
 *
 * @example
 * ```ts
 * const run = never().to(drain()).run()
 * await run.stop() // resolves: nothing was left to drain
 * ```
 */
export function never(options?: Named): Source<never> {
  const given = NEVER.read(options)
  return tell(source<never>(given.name, () => ({ live: true, pull: () => PENDING })), NEVER, given)
}
