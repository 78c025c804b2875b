import type { NameTag, Operator } from '@sluice/core'
import { declare, described, DONE, operator } from '@sluice/core/authoring'
import { untagged } from './untagged'

const END_WITH = /* @__PURE__ */ declare('endWith', () => ({}), {})

/**
 * Puts values after those of the source.
 *
 * - **emits** each value of the source, then the given values
 * - **holds back** when downstream does
 * - **completes** when the source has completed and the given values are out
 * - **buffers** nothing
 * - **on failure** of the source, fails without the given values
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-|
 *       endWith(3)
 * out   -1-2-(3|)
 * ```
 *
 * @param values what comes last.
 * After them `named('a name')`, if you like: an object would be one more value.
 *
 * @example
 * ```ts
 * await from([1, 2]).pipe(endWith(3)).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function endWith<A, B = A>(...values: readonly [...values: B[], options: NameTag]): Operator<A, A | B>
export function endWith<A, B = A>(...values: readonly B[]): Operator<A, A | B>
export function endWith<A, B>(...args: readonly (B | NameTag)[]): Operator<A, A | B> {
  const { values, options } = untagged<B>(args)
  const given = END_WITH.read(options)
  return described(END_WITH, given, operator<A, A | B>(given.name, (upstream, stage) => {
    const { tickets } = upstream
    let ended = false
    let at = 0
    return {
      tickets,
      pull(into, limit) {
        if (!ended) {
          const count = upstream.pull(into as A[], limit)
          if (count !== DONE) return count
          ended = true
        }
        const count = Math.min(limit, values.length - at)
        stage.made(count)
        for (let i = 0; i < count; i++) {
          into[i] = values[at++] as B
          if (tickets) tickets[i] = undefined
        }
        return count > 0 ? count : DONE
      },
    }
  }))
}
