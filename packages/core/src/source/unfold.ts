import type { Named } from '../contract/supervision'
import { answeredPair } from '../answered'
import { DONE } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { fn } from '../options/rules'

const UNFOLD = /* @__PURE__ */ declare('unfold', () => ({ args: { step: fn } }), {})

/**
 * Makes values from a state: `step` answers the next value and the next state, or undefined for the end.
 *
 * - **emits** one value per call of `step`, which is called only for values that are wanted
 * - **completes** when `step` answers undefined
 * - **on failure** of `step`, an answer that is no pair included, the values before it are delivered, then the run fails
 *
 * @param seed the first state.
 * @param step synchronous; for pages fetched from somewhere see {@link paginate}.
 * @param options `name`.
 *
 * @example
 * ```ts
 * const powers = unfold(1, (n) => (n > 100 ? undefined : [n, n * 2]))
 * await powers.to(toArray()).run() // [1, 2, 4, 8, 16, 32, 64]
 * ```
 */
export function unfold<S, T>(seed: S, step: (state: S) => readonly [value: T, next: S] | undefined, options?: Named): Source<T> {
  const given = UNFOLD.read(options, { step })
  return tell(source<T>(given.name, (stage) => {
    let state = seed
    let ended = false
    return {
      pull(into, limit) {
        for (let i = 0; i < limit && !ended; i++) {
          stage.ready = i
          stage.item = state
          const result = step(state)
          if (result) {
            // A promise has neither: the source would give undefined for ever.
            const [value, next] = answeredPair(stage.name, 'step', result, 'a pair [value, next state], or undefined for the end')
            into[i] = value
            state = next
            stage.ready = i + 1
          } else {
            ended = true
          }
        }
        return stage.ready > 0 ? stage.ready : DONE
      },
    }
  }), UNFOLD, given)
}
