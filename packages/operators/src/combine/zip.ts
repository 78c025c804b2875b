import { asyncOperator, DONE, joinTickets, PENDING, type Operator } from '@sluice/core'
import { Input, ticketsOf } from './input'
import { sourcesOf, type Pullables } from './sources'

/**
 * Puts the first values of all inputs together, then the second ones, and so on.
 *
 * - **emits** a tuple when each input has given a value for it
 * - **holds back** every input when downstream does, and those that are ahead of the slowest
 * - **completes** when any input has ended and its values are used up; the others are closed then
 * - **buffers** one value of each input. The others are asked before the source, so nothing of the source is read in vain
 *   where another input is known to have ended
 * - **on failure** of an input, complete tuples are delivered first
 * - **on abort** all inputs are closed; values without a partner go back, as they do at the end (their tickets are nacked)
 *
 * ```marble
 * in     -1--2-----3-|
 * other  ---a-b-c-|
 *        zip(other)
 * out    ---A-B----C|      A = [1, 'a'], B = [2, 'b'], C = [3, 'c']
 * ```
 *
 * @param others anything `from` takes.
 * @throws TypeError where one of `others` is nothing `from` takes.
 *
 * @example
 * ```ts
 * import { from, range, toArray } from '@sluice/core'
 * import { zip } from '@sluice/operators'
 *
 * await from(['a', 'b']).pipe(zip(range(1))).to(toArray()).run() // [['a', 1], ['b', 2]]
 * ```
 */
export function zip<A, B extends readonly unknown[]>(...others: Pullables<B>): Operator<A, [A, ...B]> {
  const sources = sourcesOf('zip', others)
  return asyncOperator<A, [A, ...B]>('zip', (upstream, stage) => {
    const inputs = [upstream, ...sources].map((source) => new Input<unknown>(stage, source))
    const tickets = ticketsOf(inputs)

    /** Fetches what is missing for a tuple, from all inputs at once; answers 1 when it is complete. */
    const gather = (): number => {
      let answer = 1
      for (let i = inputs.length - 1; i >= 0; i--) {
        const input = inputs[i] as Input<unknown>
        if (input.fill()) continue
        if (input.ended) return DONE
        answer = PENDING
      }
      return answer
    }

    return {
      tickets,
      pull(into, limit) {
        for (let written = 0; written < limit; written++) {
          stage.ready = written
          const answer = gather()
          if (answer < 0) return written > 0 ? written : answer
          if (tickets) tickets[written] = joinTickets(inputs.map(({ ticket }) => ticket), inputs.length)
          into[written] = inputs.map((input) => input.take()) as unknown as [A, ...B]
        }
        return limit
      },
      close(outcome) {
        for (const input of inputs) input.close(outcome)
      },
    }
  })
}
