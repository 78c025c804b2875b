import { answeredIterator } from '../answered'
import { reasonOf } from '../contract/outcome'
import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { StageOptions } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import { runningStage } from '../engine/running-stage'
import { iteratorResult } from '../foreign/iterator-result'
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
      const running = runningStage(stage)
      const slot: (A | undefined)[] = []
      // Several values come of one, so what becomes of it shows only when all of them have met their fate.
      const tickets: Tickets = []
      let inner: Iterator<B> | undefined
      let list: ArrayLike<B> | undefined
      let at = 0
      /** The share of the value at hand: of a list, one for each element that is to come; of an iterator, one of its own. */
      let ticket: Ticket | undefined

      const finish = (): void => {
        inner = list = undefined
        slot[0] = undefined
        stage.item = ticket = undefined
      }
      /** What user code threw ends the value at hand; under a supervisor that is decided elsewhere. */
      const failed = (error: unknown): never => {
        if (!running.supervised) stage.giveUp(ticket, error)
        ticket = undefined
        throw error
      }
      const begin = (): number => {
        const count = upstream.pull(slot as A[], 1)
        if (count < 1) return count
        stage.item = slot[0]
        ticket = upstream.tickets?.[0]
        at = 0
        try {
          const values = expand(slot[0] as A)
          // Arrays are the common case, and an index costs a third of an iterator.
          if (Array.isArray(values)) list = values as B[]
          else inner = answeredIterator(stage.name, 'its function', values)
        } catch (error) {
          return failed(error)
        }
        if (list === undefined) ticket = stage.share(ticket, 1)
        else if (list.length > 1) ticket = stage.share(ticket, list.length)
        return count
      }
      /** A loop of its own: a call for each element would be half of the time of `batch-flatten`. */
      const copy = (from: ArrayLike<B>, into: B[], written: number, limit: number): number => {
        const { length } = from
        if (length === 0) stage.settle(ticket, 'absorbed')
        while (written < limit && at < length) {
          into[written] = from[at++] as B
          tickets[written++] = ticket
        }
        return written
      }
      const next = (into: B[], index: number): boolean => {
        // An iterator that throws is at its end: it is not asked again, whatever a supervisor decides.
        const iterator = inner as Iterator<B>
        inner = undefined
        let result: IteratorResult<B>
        try {
          result = iteratorResult(iterator.next())
          if (result.done === true) {
            ticket?.ack('absorbed', stage.name)
            return false
          }
          into[index] = result.value
        } catch (error) {
          return failed(error)
        }
        inner = iterator
        ticket?.split(1)
        tickets[index] = ticket
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
            if (list) {
              written = copy(list, into, written, limit)
              stage.ready = written
              if (at >= list.length) finish()
              continue
            }
            while (written < limit) {
              if (!next(into, written)) {
                finish()
                break
              }
              stage.ready = ++written
            }
          }
          return written
        },
        close(outcome) {
          const reason = reasonOf(outcome)
          // A list has given a share to each of its elements; those that are left are given back.
          const left = list && list.length > 1 ? list.length - at : 1
          for (let i = 0; i < left; i++) ticket?.nack(reason)
          inner?.return?.()
        },
      }
    },
    options,
  )
}
