import { answeredIterator } from '../answered'
import { reasonOf, type Outcome } from '../contract/outcome'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Operator } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { StageOptions } from '../contract/supervision'
import type { Ticket, Tickets } from '../contract/ticket'
import { runningStage, type RunningStage } from '../engine/running-stage'
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
  return operator<A, B>(name, (upstream, stage) => {
    let expand = create(stage)
    if (!runningStage(stage).supervised) return new Expansion<A, B>(upstream, stage, expand)
    return Object.assign(new Expansion<A, B>(upstream, stage, (value) => expand(value)), { restart() { expand = create(stage) } })
  }, options)
}

/**
 * The running half.
 *
 * Invariant: at most one of `#list` and `#iterator` is there, and `#ticket` belongs to the value it came of.
 */
class Expansion<A, B> implements Puller<B> {
  // Several values come of one, so what becomes of it shows only when all of them have met their fate.
  readonly tickets: Tickets = []
  readonly #upstream: Outlet<A>
  readonly #stage: RunningStage<unknown>
  readonly #expand: (value: A) => Iterable<B>
  readonly #slot: (A | undefined)[] = []
  #iterator: Iterator<B> | undefined
  #list: ArrayLike<B> | undefined
  #at = 0
  /** The share of the value at hand: of a list, one for each element that is to come; of an iterator, one of its own. */
  #ticket: Ticket | undefined

  constructor(upstream: Outlet<A>, stage: Stage, expand: (value: A) => Iterable<B>) {
    this.#upstream = upstream
    this.#stage = runningStage(stage)
    this.#expand = expand
  }

  pull(into: B[], limit: number): number {
    let written = 0
    for (let turns = limit; written < limit && turns > 0; ) {
      if (this.#list === undefined && this.#iterator === undefined) {
        turns--
        const count = this.#begin()
        if (count < 0) return written > 0 ? written : count
      }
      written = this.#list ? this.#copy(this.#list, into, written, limit) : this.#iterate(into, written, limit)
    }
    return written
  }

  close(outcome: Outcome): void {
    const reason = reasonOf(outcome)
    // A list has given a share to each of its elements; those that are left are given back.
    const left = this.#list && this.#list.length > 1 ? this.#list.length - this.#at : 1
    for (let i = 0; i < left; i++) this.#ticket?.nack(reason)
    this.#iterator?.return?.()
  }

  #begin(): number {
    const slot = this.#slot as A[]
    const stage = this.#stage
    const expand = this.#expand
    const count = this.#upstream.pull(slot, 1)
    if (count < 1) return count
    const value = slot[0] as A
    stage.item = value
    this.#ticket = this.#upstream.tickets?.[0]
    this.#at = 0
    let list: ArrayLike<B> | undefined
    try {
      const values = expand(value)
      // Arrays are the common case, and an index costs a third of an iterator.
      if (Array.isArray(values)) list = values as B[]
      else this.#iterator = answeredIterator(stage.name, 'its function', values)
    } catch (error) {
      return this.#failed(error)
    }
    this.#list = list
    if (list === undefined) this.#ticket = stage.share(this.#ticket, 1)
    else if (list.length > 1) this.#ticket = stage.share(this.#ticket, list.length)
    return count
  }

  /** A loop of its own over local variables: a call for each element would be half of the time of `batch-flatten`. */
  #copy(list: ArrayLike<B>, into: B[], written: number, limit: number): number {
    const { tickets } = this
    const { length } = list
    const ticket = this.#ticket
    if (length === 0) this.#stage.settle(ticket, 'absorbed')
    let at = this.#at
    for (; written < limit && at < length; at++, written++) {
      into[written] = list[at] as B
      tickets[written] = ticket
    }
    this.#at = at
    this.#stage.ready = written
    if (at >= list.length) this.#finish()
    return written
  }

  #iterate(into: B[], written: number, limit: number): number {
    while (written < limit) {
      if (!this.#next(into, written)) {
        this.#finish()
        break
      }
      this.#stage.ready = ++written
    }
    return written
  }

  #next(into: B[], index: number): boolean {
    // An iterator that throws is at its end: it is not asked again, whatever a supervisor decides.
    const iterator = this.#iterator as Iterator<B>
    this.#iterator = undefined
    let result: IteratorResult<B>
    try {
      result = iteratorResult(iterator.next())
      if (result.done === true) {
        this.#ticket?.ack('absorbed', this.#stage.name)
        return false
      }
      into[index] = result.value
    } catch (error) {
      return this.#failed(error)
    }
    this.#iterator = iterator
    this.#ticket?.split(1)
    this.tickets[index] = this.#ticket
    return true
  }

  #finish(): void {
    this.#iterator = this.#list = undefined
    this.#slot[0] = undefined
    this.#stage.item = this.#ticket = undefined
  }

  /** What user code threw ends the value at hand; under a supervisor that is decided elsewhere. */
  #failed(error: unknown): never {
    if (!this.#stage.supervised) this.#stage.giveUp(this.#ticket, error)
    this.#ticket = undefined
    throw error
  }
}
