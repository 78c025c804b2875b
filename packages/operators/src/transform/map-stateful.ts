import { type Operator, type StageOptions } from '@sluice/core'
import { answeredIterator, answeredPair, decision, declare, described, DONE, fn, iteratorResult, maybeFn, operator } from '@sluice/core/authoring'

const MAP_STATEFUL = /* @__PURE__ */ declare('mapStateful', () => ({ args: { create: fn, step: fn }, options: { flush: maybeFn, onError: decision } }), {})

/** Options of {@link mapStateful}. */
export interface MapStatefulOptions<A, B, S> extends StageOptions<A> {
  /** Called once when the source has completed; what it answers comes out last. Not called after a failure. */
  readonly flush?: ((state: S) => Iterable<B>) | undefined
}

/**
 * Turns each value into another with the help of a state of its own, and has a last word at the end.
 *
 * - **emits** one result for each value, and at the end what `flush` answers
 * - **holds back** when downstream does
 * - **completes** when the source has completed and what `flush` answered is out
 * - **buffers** the state
 * - **on failure** of `step` as `onError` says; a skipped value leaves the state as it was, and `'restart'` begins
 *   with a state that `create` makes. Nothing is flushed after a failure
 * - **on abort** nothing is in flight
 *
 * Taken from Pekko's `statefulMap`.
 *
 * ```marble
 * in    -1-2-3-|
 *       mapStateful(() => 0, (sum, n) => [sum + n, n * 2], { flush: (sum) => [sum] })
 * out   -2-4-6-(6|)
 * ```
 *
 * @param create makes the state, once per run.
 * @param step gets the state and the value, answers the next state and the result.
 * @param options `flush`, `name`, `onError`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const totals = mapStateful(() => 0, (sum: number, n: number) => [sum + n, n * 2], { flush: (sum) => [sum] })
 * await from([1, 2, 3]).pipe(totals).to(toArray()).run() // [2, 4, 6, 6]
 * ```
 */
export function mapStateful<A, B, S>(
  create: () => S,
  step: (state: S, value: A) => readonly [state: S, result: B],
  options?: MapStatefulOptions<A, B, S>,
): Operator<A, B> {
  const given = MAP_STATEFUL.read(options, { create, step })
  const { flush } = given
  return described(MAP_STATEFUL, given, operator<A, B>(
    given.name,
    (upstream, stage) => {
      const { tickets } = upstream
      const values: A[] = []
      let state = create()
      let rest: Iterator<B> | undefined
      let ended = false

      const drain = (into: B[], limit: number): number => {
        let count = 0
        while (rest && count < limit) {
          const iterator: Iterator<B> = rest
          // An iterator that throws is at its end: it is not closed.
          rest = undefined
          const result = iteratorResult(iterator.next())
          if (result.done === true) break
          rest = iterator
          into[count] = result.value
          if (tickets) tickets[count] = undefined
          stage.ready = ++count
          stage.made(1)
        }
        return count > 0 ? count : DONE
      }
      return {
        tickets,
        pull(into, limit) {
          if (ended) return drain(into, limit)
          const count = upstream.pull(values, limit)
          for (let i = 0; i < count; i++) {
            stage.item = values[i]
            try {
              const pair = answeredPair(stage.name, 'step', step(state, values[i] as A), 'a pair [next state, result]')
              state = pair[0]
              into[i] = pair[1]
            } catch (error) {
              return stage.failAfter(i, error, values[i], tickets?.[i])
            }
            values[i] = undefined as A
            stage.ready = i + 1
          }
          if (count !== DONE) return count
          ended = true
          stage.item = undefined
          rest = flush && answeredIterator(stage.name, 'flush', flush(state))
          return drain(into, limit)
        },
        restart() {
          state = create()
        },
        close() {
          rest?.return?.()
        },
      }
    },
    given,
  ))
}
