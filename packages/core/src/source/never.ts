import { PENDING } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'

/**
 * A source that neither emits nor ends, until the run is stopped or aborted. It holds no timer.
 *
 * @example
 * ```ts
 * const run = never().to(drain()).run()
 * await run.stop() // resolves: nothing was left to drain
 * ```
 */
export function never(): Source<never> {
  return source<never>('never', () => ({ live: true, pull: () => PENDING }))
}
