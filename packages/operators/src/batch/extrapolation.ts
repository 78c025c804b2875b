import { type OnError } from '@sluice/core'
import {
  answeredIterator, DONE, iteratorResult, PENDING, reasonOf, type Outlet, type Puller, type Stage, type Ticket,
  type Tickets,
} from '@sluice/core/authoring'
import { Guarded } from './guarded'

/** The value that is extrapolated, with what is left of its iterator. */
interface Current<A, B> {
  readonly value: A
  readonly ticket: Ticket | undefined
  readonly attempt: number
  readonly iterator: Iterator<B>
}

interface Begun<B> {
  readonly iterator: Iterator<B>
  readonly first: IteratorResult<B>
}

/** Each value's iterator in turn, left for the next value as soon as there is one; see `expand`. */
export function extrapolation<A, B>(
  upstream: Outlet<A>,
  stage: Stage,
  extrapolate: (value: A) => Iterable<B>,
  onError: OnError<A> | undefined,
): Puller<B> {
  const tickets: Tickets = []
  const values = new Guarded<A, Begun<B>>(upstream, stage, (value) => {
    const iterator = answeredIterator(stage.name, 'extrapolate', extrapolate(value))
    return { iterator, first: iteratorResult(iterator.next()) }
  }, onError)
  let current: Current<A, B> | undefined

  /** Lets go of the current value, which has been handed on at least once. */
  const leave = (): Current<A, B> | undefined => {
    const left = current
    current = undefined
    left?.ticket?.ack('absorbed', stage.name)
    return left
  }
  /** Hands on what the iterator answered; answers `over` where it has ended. */
  const emit = (result: IteratorResult<B>, into: B[], over: number): number => {
    if (result.done === true) {
      leave()
      return over
    }
    into[0] = result.value
    current?.ticket?.split(1)
    tickets[0] = current?.ticket
    return 1
  }
  const next = (into: B[]): number => {
    const { value, ticket, attempt, iterator } = current as Current<A, B>
    let result: IteratorResult<B>
    try {
      result = iteratorResult(iterator.next())
    } catch (error) {
      // An iterator that throws is at its end, whatever is decided about its value.
      current = undefined
      return values.failed(error, value, ticket, attempt)
    }
    // The next value is still to come: upstream has answered PENDING in this very pull, and is not asked again in it.
    return emit(result, into, PENDING)
  }
  const begin = (into: B[]): number => {
    const { attempt } = values
    const ticket = stage.share(values.ticket, 1)
    const { iterator, first } = values.result as Begun<B>
    const left = leave()
    current = { value: values.take(), ticket, attempt, iterator }
    left?.iterator.return?.()
    return emit(first, into, 0)
  }

  return {
    tickets,
    pull(into) {
      for (let turns = stage.scope.scheduler.batch; turns > 0; turns--) {
        let found = values.peek()
        if (found === 1) found = begin(into)
        else if (found === PENDING && current !== undefined && !values.isWaiting) found = next(into)
        if (found === DONE) leave()?.iterator.return?.()
        if (found !== 0) return found
      }
      return 0
    },
    close(outcome) {
      values.close(outcome)
      const left = current
      current = undefined
      left?.ticket?.nack(reasonOf(outcome))
      left?.iterator.return?.()
    },
  }
}
