import {
  answeredOrder, DONE, PENDING,
  type OnError, type Openable, type Outcome, type Puller, type Recovery, type Stage, type Tickets, type Wake,
} from '@sluice/core'
import { Supervision, type Supervised } from '../async/supervision'
import { Input, ticketsOf } from './input'

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
export class SortedInputs<A> implements Puller<A>, Supervised<A> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #compare: (a: A, b: A) => number
  readonly #supervision: Supervision<A>
  /** In the order of the sources, which decides between equals. */
  readonly #inputs: readonly Input<A>[]
  readonly #order: Input<A>[] = []
  #missing: Input<A>[]
  /** The input whose value failed, until it is decided what becomes of it. */
  #failed: Input<A> | undefined
  #deciding = false
  attempt = 1

  constructor(
    sources: readonly Openable<A>[],
    stage: Stage,
    compare: (a: A, b: A) => number,
    onError: OnError<A> | undefined,
  ) {
    this.#stage = stage
    this.#compare = compare
    this.#supervision = new Supervision<A>(stage, onError)
    this.#inputs = sources.map((source) => new Input<A>(stage, source))
    // The source is asked last, as everywhere where several are waited for.
    this.#missing = [...this.#inputs].reverse()
    this.tickets = ticketsOf(this.#inputs)
  }

  pull(into: A[], limit: number): number {
    if (this.#stage.failing) return DONE
    if (this.#deciding) return PENDING
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
    for (const input of this.#inputs) input.close(outcome)
  }

  /** Waits for what is missing, from all inputs at once; answers 1 when the smallest value is known. */
  #arrange(): number {
    // One that is tried again is first, so that its attempts are counted in a row.
    if (this.#failed) {
      const input = this.#failed
      const answer = this.#insert(input)
      if (answer !== 1) return answer
      this.#failed = undefined
      this.attempt = 1
      this.#missing.splice(this.#missing.indexOf(input), 1)
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
      this.#failed = input
      this.#deciding = true
      return this.#supervision.failed(error, this)
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

  get wake(): Wake {
    return this.#stage.wake
  }

  get item(): A {
    return this.#failed?.value as A
  }

  goOn(recovery: Recovery): void {
    this.#deciding = false
    if (recovery === 'retry') {
      this.attempt++
      return
    }
    this.attempt = 1
    this.#stage.settle(this.#failed?.ticket, recovery)
    this.#failed?.take()
    this.#failed = undefined
  }

  giveUp(error: unknown): void {
    this.#deciding = false
    if (this.#failed) {
      this.#stage.giveUp(this.#failed.ticket, error)
      this.#failed.ticket = undefined
    }
  }
}
