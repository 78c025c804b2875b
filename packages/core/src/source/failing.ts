import type { Source } from '../contract/source'
import { source } from '../kit/source'

/**
 * A source that fails at once, for tests and for a branch that must not be taken.
 *
 * @param error what the run rejects with.
 *
 * @example
 * ```ts
 * await failing(new Error('no')).to(toArray()).run().then(undefined, (error: Error) => error.message) // 'no'
 * ```
 */
export function failing(error: unknown): Source<never> {
  return source<never>('failing', () => ({
    pull() {
      throw error
    },
  }))
}
