import { type Operator, type Source, type Pullable } from '@sluice/core'
import { asyncOperator, declare, described, DONE, PENDING, type Tickets } from '@sluice/core/authoring'
import { Input } from '../inputs/input'
import { Latest } from './latest'
import { sourcesOf, type Pullables } from '../inputs/sources'
import { apart, type InputsThenOptions, type ValuesOf } from '../inputs/apart'

const COMBINE_LATEST_WITH = /* @__PURE__ */ declare('combineLatestWith', () => ({}), {})

/**
 * Whenever an input gives a value, hands on the newest values of all of them.
 *
 * - **emits** a tuple for each value of any input, once each has given one; inputs that always have values take turns
 * - **holds back** every input when downstream does. Until each has given its first value, none is asked for a second, so
 *   no value is passed over
 * - **completes** when all inputs have completed, or one ends without a value
 * - **buffers** the newest value of each input
 * - **on failure** of an input, the tuples of the values before are delivered first
 * - **on abort** all inputs are closed. The ticket of a value is acknowledged when its tuples are dealt with and a newer
 *   value has taken its place; newest values go back when the run is cut off
 *
 * ```marble
 * in     -1-----2---|
 * other  ---a-b---|
 *        combineLatestWith(other)
 * out    ---A-B-C---|      A = [1, 'a'], B = [1, 'b'], C = [2, 'b']
 * ```
 *
 * @param others anything `from` takes; after them `{ name }`, if you like.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { combineLatestWith, from, toArray } from 'sluice'
 *
 * await from([1, 2]).pipe(combineLatestWith(['a'])).to(toArray()).run() // [[1, 'a'], [2, 'a']]
 * ```
 */
export function combineLatestWith<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]>
export function combineLatestWith<A, P extends readonly Pullable<unknown>[]>(...others: InputsThenOptions<P>): Operator<A, [A, ...ValuesOf<P>]>
export function combineLatestWith<A>(...others: readonly unknown[]): Operator<A, unknown> {
  const { inputs, options } = apart(others)
  const given = COMBINE_LATEST_WITH.read(options)
  const sources = sourcesOf('combineLatestWith', inputs)
  return described(COMBINE_LATEST_WITH, given, newest<A, [A, ...unknown[]]>(given.name, sources), sources)
}

/** The operator behind `combineLatest` and `combineLatestWith`. */
export function newest<A, T extends readonly unknown[]>(name: string, others: readonly Source<unknown>[]): Operator<A, T> {
  return asyncOperator<A, T>(name, (upstream, stage) => {
    const inputs = [upstream, ...others].map((source) => new Input<unknown>(stage, source))
    const latest = inputs.map(() => new Latest<unknown>(stage))
    const tickets: Tickets = []
    const size = inputs.length
    let complete = false
    /** Whose turn it is. */
    let turn = 0

    const use = (index: number): void => {
      const input = inputs[index] as Input<unknown>
      const { ticket } = input
      latest[index]?.replace(input.take(), ticket)
    }
    /** Answers 1 when each input has given its first value. The others are asked first: one may be empty. */
    const begin = (): number => {
      let answer = 1
      for (let i = size - 1; i >= 0; i--) {
        const input = inputs[i] as Input<unknown>
        if (input.fill()) continue
        if (input.ended) return DONE
        answer = PENDING
      }
      if (answer === 1) for (let i = 0; i < size; i++) use(i)
      complete = answer === 1
      return answer
    }
    /** Takes a value of the next input that has one. */
    const next = (): number => {
      for (let i = 0; i < size; i++) {
        const index = (turn + i) % size
        if (!inputs[index]?.fill()) continue
        turn = index + 1
        use(index)
        return 1
      }
      return inputs.every(({ ended }) => ended) ? DONE : PENDING
    }

    return {
      tickets,
      pull(into, limit) {
        for (let written = 0; written < limit; written++) {
          stage.ready = written
          const answer = complete ? next() : begin()
          if (answer < 0) return written > 0 ? written : answer
          tickets[written] = stage.join(latest.map((newest) => newest.share()), size)
          into[written] = latest.map(({ value }) => value) as unknown as T
        }
        return limit
      },
      close(outcome) {
        for (const input of inputs) input.close(outcome)
        for (const newest of latest) newest.close(outcome)
      },
    }
  })
}
