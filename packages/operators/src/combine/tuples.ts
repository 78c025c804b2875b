import { type Operator, type Source } from '@sluice/core'
import { asyncOperator, type Tickets } from '@sluice/core/authoring'
import { Input } from '../inputs/input'

/** What an operator makes tuples of. */
export interface TuplePlan {
  /** The inputs beside the source. */
  readonly others: readonly Source<unknown>[]
  /** Fetches what is missing for a tuple, from all inputs at once; answers 1 when there is one, else PENDING or DONE. */
  readonly gather: (inputs: readonly Input<unknown>[]) => number
  /** Stands for the value of an input that has none. */
  readonly fill?: unknown
}

/** An operator that puts a value of each input together, and their tickets with them. */
export function tuples<A, T extends readonly unknown[]>(name: string, { others, gather, fill }: TuplePlan): Operator<A, T> {
  return asyncOperator<A, T>(name, (upstream, stage) => {
    const inputs = [upstream, ...others].map((source) => new Input<unknown>(stage, source))
    const tickets: Tickets = []
    return {
      tickets,
      pull(into, limit) {
        for (let written = 0; written < limit; written++) {
          stage.ready = written
          const answer = gather(inputs)
          if (answer < 0) return written > 0 ? written : answer
          const held = inputs.filter((input) => input.held)
          tickets[written] = stage.join(held.map(({ ticket }) => ticket), held.length)
          into[written] = inputs.map((input) => (input.held ? input.take() : fill)) as unknown as T
        }
        return limit
      },
      close(outcome) {
        for (const input of inputs) input.close(outcome)
      },
    }
  })
}
