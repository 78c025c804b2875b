import type { NameTag, Operator } from '@sluice/core'
import { declare, described, operator } from '@sluice/core/authoring'
import { untagged } from './untagged'

const START_WITH = /* @__PURE__ */ declare('startWith', () => ({}), {})

/**
 * Puts values before those of the source.
 *
 * - **emits** the given values first, then each value of the source
 * - **holds back** when downstream does; the source is first pulled when the given values are out
 * - **completes** when the source completes
 * - **buffers** nothing
 * - **on failure** of the source, fails
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -----3-4-|
 *       startWith(1, 2)
 * out   -1-2-3-4-|
 * ```
 *
 * @param values what comes first. To put a whole source first use `concat(first, source)`.
 * After them `named('a name')`, if you like: an object would be one more value.
 *
 * @example
 * ```ts
 * await from([3, 4]).pipe(startWith(1, 2)).to(toArray()).run() // [1, 2, 3, 4]
 * ```
 */
export function startWith<A, B = A>(...values: readonly [...values: B[], options: NameTag]): Operator<A, A | B>
export function startWith<A, B = A>(...values: readonly B[]): Operator<A, A | B>
export function startWith<A, B>(...args: readonly (B | NameTag)[]): Operator<A, A | B> {
  const { values, options } = untagged<B>(args)
  const given = START_WITH.read(options)
  return described(START_WITH, given, operator<A, A | B>(given.name, (upstream, stage) => {
    const { tickets } = upstream
    let at = 0
    return {
      tickets,
      pull(into, limit) {
        const count = Math.min(limit, values.length - at)
        if (count === 0) return upstream.pull(into as A[], limit)
        stage.made(count)
        for (let i = 0; i < count; i++) {
          into[i] = values[at++] as B
          if (tickets) tickets[i] = undefined
        }
        return count
      },
    }
  }))
}
