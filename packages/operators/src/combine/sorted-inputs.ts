import { type OnError, type Outcome } from '@sluice/core'
import {
  answeredOrder, DONE, PENDING, reasonOf, Trial, Trials, type Openable, type Puller, type Stage, type Tickets,
} from '@sluice/core/authoring'
import { Input, ticketsOf } from '../inputs/input'

/**
 * The inputs of `mergeSorted`: those that hold a value in order, the others waited for.
 *
 * ```text
 *   missing ─ fill ─▶ binary search ─▶ [ 9  7  7  4 ]  ─ pop ─▶ into, and its input is missing again
 *                                        held, descending
 * ```
 *
 * Why an ordered array and not a heap: log2(k) comparisons a value, where a heap takes up to twice as many, and runs of
 * one source cost a single one. Moving k pointers is nothing beside a call of `compare`.
 *
 * Invariant: an input that has not ended is in exactly one of `#order` and `#missing`.
 */
export class SortedInputs<A> implements Puller<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #compare: (a: A, b: A) => number
  readonly #trials: Trials<A>
  /** That of the value which failed. */
  readonly #trial = new Trial<A>()
  /** In the order of the sources, which decides between equals. */
  readonly #inputs: readonly Input<A>[]
  readonly #order: Input<A>[] = []
  #missing: Input<A>[]
  /** The input whose value failed, until it is decided what becomes of it. */
  #failed: Input<A> | undefined

  constructor(
    sources: readonly Openable<A>[],
    stage: Stage,
    compare: (a: A, b: A) => number,
    onError: OnError<A> | undefined,
  ) {
    this.#stage = stage
    this.#compare = compare
    this.#trials = new Trials<A>(stage, onError, stage.wake)
    this.#inputs = sources.map((source) => new Input<A>(stage, source))
    // The source is asked last, as everywhere where several are waited for.
    this.#missing = [...this.#inputs].reverse()
    this.tickets = ticketsOf(this.#inputs)
  }

  pull(into: A[], limit: number): number {
    if (this.#stage.failing) return DONE
    for (let written = 0; written < limit; written++) {
      this.#stage.ready = written
      const answer = this.#arrange()
      const input = answer === 1 ? this.#order.pop() : undefined
      if (input === undefined) return written > 0 ? written : answer
      if (this.tickets) this.tickets[written] = input.ticket
      into[written] = input.take()
      this.#missing.push(input)
    }
    return limit
  }

  close(outcome: Outcome): void {
    this.#trial.giveBack(reasonOf(outcome))
    this.#trials.close()
    for (const input of this.#inputs) input.close(outcome)
  }

  /** Waits for what is missing, from all inputs at once; answers 1 when the smallest value is known. */
  #arrange(): number {
    // One that is tried again is first, so that its attempts are counted in a row.
    if (this.#failed) {
      const input = this.#failed
      if (this.#trial.verdict === 'again') {
        this.#trial.tryAgain()
        const answer = this.#insert(input)
        if (answer !== 1) return answer
        input.ticket = this.#trial.ticket
        this.#failed = this.#trial.ticket = undefined
        this.#missing.splice(this.#missing.indexOf(input), 1)
      } else {
        const answer = this.#decided()
        if (answer !== 0) return answer
      }
    }
    let waiting = false
    for (let i = 0; i < this.#missing.length; ) {
      const input = this.#missing[i] as Input<A>
      if (input.fill()) {
        const answer = this.#insert(input)
        if (answer !== 1) return answer
      } else if (!input.ended) {
        waiting = true
        i++
        continue
      }
      this.#missing.splice(i, 1)
    }
    if (waiting) return PENDING
    return this.#order.length > 0 ? 1 : DONE
  }

  #insert(input: Input<A>): number {
    let at: number
    try {
      at = this.#placeOf(input)
    } catch (error) {
      if (this.#failed === undefined) {
        this.#failed = input
        this.#trial.begin(input.value, input.ticket)
        input.ticket = undefined
      }
      this.#trials.failed(this.#trial, error)
      return this.#decided()
    }
    this.#order.splice(at, 0, input)
    return 1
  }

  /** Where it goes among those that hold a value; near the end first, because sources come in runs. */
  #placeOf(input: Input<A>): number {
    let low = 0
    let high = this.#order.length
    for (let at = high - 1; low < high; at = (low + high) >> 1) {
      if (this.#isBefore(input, this.#order[at] as Input<A>)) low = at + 1
      else high = at
    }
    return low
  }

  #isBefore(input: Input<A>, other: Input<A>): boolean {
    const order = answeredOrder(this.#stage.name, this.#compare(input.value, other.value))
    return order === 0 ? this.#inputs.indexOf(input) < this.#inputs.indexOf(other) : order < 0
  }

  /** Answers as `pull` while a value that failed is in hand; 0 where it has been skipped, and its input is missing again. */
  #decided(): number {
    const { verdict, error, item, attempt } = this.#trial
    if (verdict === 'failed') return this.#stage.failAfter(0, error, item, null, attempt)
    if (verdict !== 'skipped') return PENDING
    this.#failed?.take()
    this.#failed = undefined
    return 0
  }
}
