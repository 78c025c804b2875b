import { type Operator, type StageOptions } from '@sluice/core'
import { answeredAtOnce, decision, declare, described, DONE, flagged, fnAtOnce, operator } from '@sluice/core/authoring'

const TAKE_WHILE = /* @__PURE__ */ declare('takeWhile', () => ({ args: { test: fnAtOnce }, options: { inclusive: flagged, onError: decision } }), { drops: 'chosen' })

/** Options of {@link takeWhile}. */
export interface TakeWhileOptions<A> extends StageOptions<A> {
  /** Whether the value that ends it comes out too. Default false. */
  readonly inclusive?: boolean | undefined
}

/**
 * Hands values on until one does not pass a test, then ends.
 *
 * - **emits** each value while `test` answers something truthy
 * - **holds back** when downstream does; it reads one value at a time, so nothing is read beyond the end
 * - **completes** at the first value that does not pass, or when the source completes
 * - **buffers** nothing
 * - **on failure** of `test` as `onError` says
 * - **on abort** nothing is in flight
 *
 * ```marble
 * in    -1-2-3-1-
 *       takeWhile(n => n < 3)
 * out   -1-2-|
 * ```
 *
 * @param test called once per value; a type guard narrows the type.
 * @param options `inclusive`, `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([1, 2, 3, 1]).pipe(takeWhile((n) => n < 3)).to(toArray()).run() // [1, 2]
 * ```
 */
export function takeWhile<A, B extends A>(test: (value: A) => value is B, options?: StageOptions<A>): Operator<A, B>
export function takeWhile<A>(test: (value: A) => unknown, options?: TakeWhileOptions<A>): Operator<A, A>
export function takeWhile<A>(test: (value: A) => unknown, options?: TakeWhileOptions<A>): Operator<A, A> {
  const given = TAKE_WHILE.read(options, { test })
  const { inclusive } = given
  return described(TAKE_WHILE, given, operator<A, A>(
    given.name,
    (upstream, stage) => {
      let ended = false
      return {
        tickets: upstream.tickets,
        pull(into) {
          if (ended) return DONE
          const count = upstream.pull(into, 1)
          if (count < 0) return count
          stage.item = into[0]
          try {
            ended = !answeredAtOnce(given.name, 'test', test(into[0] as A))
          } catch (error) {
            return stage.failAfter(0, error, into[0], upstream.tickets?.[0])
          }
          if (!ended || inclusive) return 1
          stage.settle(upstream.tickets?.[0], 'absorbed')
          into[0] = undefined as A
          return DONE
        },
      }
    },
    given,
  ))
}
