import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { StageOptions } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import { operator } from './operator'

/**
 * Makes an operator that turns each value into any number of values, handed on as they are asked for.
 *
 * It pulls one value at a time and keeps the iterator of the one it is at, nothing else. The iterator is closed
 * (`return`) when the stage ends in the middle of it.
 *
 * @param create called once per run; answers the function that is called for each value.
 *
 * @example
 * ```ts
 * const characters = () => expanding('characters', () => (word: string) => word)
 * await from(['ab', 'c']).pipe(characters()).to(toArray()).run() // ['a', 'b', 'c']
 * ```
 */
export function expanding<A, B>(
  name: string,
  create: (stage: Stage) => (value: A) => Iterable<B>,
  options: StageOptions<A> = {},
): Operator<A, B> {
  return operator<A, B>(
    name,
    (upstream, stage) => {
      const expand = create(stage)
      const slot: (A | undefined)[] = []
      const tickets: Tickets | null = upstream.tickets ? [] : null
      let inner: Iterator<B> | undefined
      let list: ArrayLike<B> | undefined
      let at = 0
      let ticket: Ticket | undefined

      /** The value at hand has nothing more; its own share of the ticket goes. */
      const finish = (): void => {
        inner = list = undefined
        slot[0] = undefined
        stage.item = undefined
        ticket?.ack()
        ticket = undefined
      }
      const begin = (): number => {
        const count = upstream.pull(slot as A[], 1)
        if (count < 1) return count
        stage.item = slot[0]
        ticket = upstream.tickets?.[0]
        const values = expand(slot[0] as A)
        at = 0
        // Arrays are the common case, and an index costs a third of an iterator.
        if (Array.isArray(values)) list = values as B[]
        else inner = values[Symbol.iterator]()
        return count
      }
      const next = (into: B[], index: number): boolean => {
        if (list) {
          if (at >= list.length) return false
          into[index] = list[at++] as B
          return true
        }
        // An iterator that throws is at its end: it is not asked again, whatever a supervisor decides.
        const iterator = inner as Iterator<B>
        inner = undefined
        const result = iterator.next()
        inner = iterator
        if (result.done === true) return false
        into[index] = result.value
        return true
      }

      return {
        tickets,
        pull(into, limit) {
          let written = 0
          for (let turns = limit; written < limit && turns > 0; ) {
            if (list === undefined && inner === undefined) {
              turns--
              const count = begin()
              if (count < 0) return written > 0 ? written : count
            }
            while (written < limit) {
              if (!next(into, written)) {
                finish()
                break
              }
              if (tickets) {
                ticket?.split(1)
                tickets[written] = ticket
              }
              stage.ready = ++written
            }
          }
          return written
        },
        close(outcome) {
          ticket?.nack(outcome.status === 'failed' ? outcome.error : undefined)
          inner?.return?.()
        },
      }
    },
    options,
  )
}
