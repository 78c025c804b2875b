import { type Named, type Operator } from '@sluice/core'
import { anything, coded, declare, described, DONE, operator, whole } from '@sluice/core/authoring'

const ELEMENT_AT = /* @__PURE__ */ declare('elementAt', () => ({ args: { index: whole(0) }, options: { otherwise: anything } }), { drops: 'chosen' })

/** Options of {@link elementAt}. */
export interface ElementAtOptions<B> extends Named {
  /** What is emitted where the source ends before. Default: the stage fails. */
  readonly otherwise?: B
}

/**
 * Hands on the value at one place.
 *
 * - **emits** the value number `index`, counted from 0
 * - **holds back** when downstream does; nothing is read beyond that value
 * - **completes** after it
 * - **buffers** nothing
 * - **on failure** fails with a RangeError where the source ends before it, unless there is an `otherwise`
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -a-b-c-
 *       elementAt(1)
 * out   ---(b|)
 * ```
 *
 * @param index 0 or more.
 * @param options `otherwise`: emitted where the source ends before that.
 * @throws OptionError where `index` is no whole number.
 *
 * @example
 * ```ts
 * await from(['a', 'b', 'c']).pipe(elementAt(1)).to(first()).run() // 'b'
 * ```
 */
export function elementAt<A, B = never>(index: number, options: ElementAtOptions<B> = {}): Operator<A, A | B> {
  const given = ELEMENT_AT.read(options, { index })
  return described(ELEMENT_AT, given, operator<A, A | B>(given.name, (upstream, stage) => {
    const { tickets } = upstream
    /** Apart from `into`, which may have less room than a stretch that is left out. */
    const leftOut: A[] = []
    let at = 0
    let over = false
    return {
      tickets,
      pull(into) {
        if (over) return DONE
        const before = Math.min(index - at, stage.scope.scheduler.batch)
        const count = before > 0 ? upstream.pull(leftOut, before) : upstream.pull(into as A[], 1)
        if (count === DONE) {
          if (!('otherwise' in options)) throw coded('SLUICE_RANGE', new RangeError(`${stage.name}: the source ended after ${at} values, before index ${index}`))
          over = true
          into[0] = options.otherwise
          if (tickets) tickets[0] = undefined
          stage.made(1)
          return 1
        }
        if (count < 0) return count
        if (before === 0) {
          over = true
          return 1
        }
        at += count
        for (let i = 0; i < count; i++) {
          stage.settle(tickets?.[i], 'absorbed')
          leftOut[i] = undefined as A
        }
        return 0
      },
    }
  }))
}
