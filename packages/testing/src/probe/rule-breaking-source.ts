import { type Source } from '@sluice/core'
import { DONE, oneOf, PENDING, source } from '@sluice/core/authoring'

/** A way to break the rules of a source. */
export type Violation =
  | 'more than asked for'
  | 'fraction'
  | 'not a number'
  | 'below DONE'
  | 'values after the end'
  | 'wakes without cause'
  | 'close throws'
  | 'open throws'

export const VIOLATIONS: readonly Violation[] = [
  'more than asked for', 'fraction', 'not a number', 'below DONE', 'values after the end', 'wakes without cause',
  'close throws', 'open throws',
]

/**
 * A source that breaks one rule on purpose, to see that the kernel says so, or bears it.
 *
 * @throws OptionError where the rule is none of `VIOLATIONS`.
 *
 * @example
 * ```ts
 * await ruleBreakingSource('more than asked for').to(toArray()).run() // rejects: ProtocolError
 * ```
 */
export function ruleBreakingSource(violation: Violation): Source<number> {
  oneOf('ruleBreakingSource', 'violation', violation, VIOLATIONS)
  return source<number>('ruleBreaking', (stage) => {
    if (violation === 'open throws') throw new Error('open throws')
    let pulls = 0
    return {
      pull(into, limit) {
        pulls++
        switch (violation) {
          case 'more than asked for':
            for (let i = 0; i <= limit; i++) into[i] = i
            return limit + 1
          case 'fraction':
            return 0.5
          case 'not a number':
            return Number.NaN
          case 'below DONE':
            return -3
          case 'values after the end':
            into[0] = pulls
            return pulls === 1 ? 1 : pulls === 2 ? DONE : 1
          case 'wakes without cause':
            stage.wake()
            if (pulls === 1) void Promise.resolve().then(stage.wake)
            into[0] = pulls
            return pulls % 2 === 1 ? PENDING : pulls > 6 ? DONE : 1
          default:
            into[0] = pulls
            return pulls > 3 ? DONE : 1
        }
      },
      close() {
        if (violation === 'close throws') throw new Error('close throws')
      },
    }
  })
}
