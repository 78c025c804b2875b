import { answeredPair } from '../answered'
import { DONE, PENDING } from '../contract/answers'
import type { Puller } from '../contract/puller'
import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { OnError, StageOptions } from '../contract/supervision'
import { Trial } from '../engine/trial'
import { Trials } from '../engine/trials'
import { tell } from '../kit/described'
import { source } from '../kit/source'
import { declare } from '../options/declare'
import { decision, fn } from '../options/rules'

const UNFOLD = /* @__PURE__ */ declare('unfold', () => ({ args: { step: fn }, options: { onError: decision } }), {})

/**
 * Makes values from a state: `step` answers the next value and the next state, or undefined for the end.
 *
 * - **emits** one value per call of `step`, which is called only for values that are wanted
 * - **completes** when `step` answers undefined
 * - **on failure** of `step`, an answer that is no pair included, the values before it are delivered, then `onError` says what
 *   becomes of the state: tried again, or left out, which ends the source, because no state is known that would follow
 *
 * @param seed the first state.
 * @param step synchronous; for pages fetched from somewhere see {@link paginate}.
 * @param options `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const powers = unfold(1, (n) => (n > 100 ? undefined : [n, n * 2]))
 * await powers.to(toArray()).run() // [1, 2, 4, 8, 16, 32, 64]
 * ```
 */
export function unfold<S, T>(seed: S, step: (state: S) => readonly [value: T, next: S] | undefined, options?: StageOptions<S>): Source<T> {
  const given = UNFOLD.read(options, { step })
  return tell(source<T>(given.name, (stage) => new Unfolding<S, T>(stage, seed, step, given.onError)), UNFOLD, given)
}

/** The running end of `unfold`. */
class Unfolding<S, T> implements Puller<T> {
  readonly #stage: Stage
  readonly #step: (state: S) => readonly [value: T, next: S] | undefined
  readonly #trials: Trials<S>
  /** Of the state at which `step` has failed. */
  readonly #trial = new Trial<S>()
  #state: S
  #ended = false

  constructor(stage: Stage, seed: S, step: (state: S) => readonly [value: T, next: S] | undefined, onError: OnError<S> | undefined) {
    this.#stage = stage
    this.#state = seed
    this.#step = step
    this.#trials = new Trials<S>(stage, onError, stage.wake)
  }

  pull(into: T[], limit: number): number {
    const trial = this.#trial
    if (trial.verdict !== 'open') {
      if (trial.verdict === 'failed') this.#stage.fail(trial.error, trial.item, trial.attempt)
      if (trial.verdict !== 'again') return trial.verdict === 'failed' || trial.verdict === 'skipped' ? DONE : PENDING
      trial.tryAgain()
    }
    const stage = this.#stage
    const step = this.#step
    let count = 0
    try {
      for (; count < limit && !this.#ended; stage.ready = ++count) {
        const result = step(this.#state)
        if (!result) {
          this.#ended = true
          break
        }
        // A promise has neither: the source would give undefined for ever.
        const [value, next] = answeredPair(stage.name, 'step', result, 'a pair [value, next state], or undefined for the end')
        into[count] = value
        this.#state = next
        if (trial.attempt > 1) trial.attempt = 1
      }
    } catch (error) {
      const { attempt } = trial
      trial.begin(this.#state, undefined)
      trial.attempt = attempt
      this.#trials.failed(trial, error)
      return count > 0 ? count : this.pull(into, limit)
    }
    return count > 0 ? count : DONE
  }

  close(): void {
    this.#trials.close()
  }
}
