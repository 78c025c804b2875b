import { type Operator, type Outcome, type StageOptions } from '@sluice/core'
import { asyncOperator, reasonOf, type Stage, type Tickets } from '@sluice/core/authoring'
import type { Guarded } from './guarded'
import { WhileBusy, type Keeper } from './while-busy'

/** Makes one value of those that come while downstream is busy. */
export function conflating<A, B>(
  owner: string,
  seed: (value: A) => B,
  combine: (soFar: B, value: A) => B,
  { name = owner, onError }: StageOptions<A>,
): Operator<A, B> {
  return asyncOperator<A, B>(name, (upstream, stage) => {
    const keeper = new Conflated<A, B>(stage)
    const call = (value: A): B => (keeper.isEmpty ? seed(value) : combine(keeper.value as B, value))
    return new WhileBusy(upstream, stage, keeper, call, onError)
  })
}

class Conflated<A, B> implements Keeper<A, B, B> {
  isEmpty = true
  readonly isFull = false
  value: B | undefined
  /** Joined when it is handed over, not one by one: a chain of joints would be as deep as there are values. */
  #tickets: Tickets = []
  /** Values that became the one that is held. */
  #count = 0
  readonly #stage: Stage

  constructor(stage: Stage) {
    this.#stage = stage
  }

  take(values: Guarded<A, B>): boolean {
    this.value = values.result
    this.isEmpty = false
    this.#count++
    if (values.ticket) this.#tickets.push(values.ticket)
    values.take()
    return true
  }

  handOver(into: B[], tickets: Tickets): void {
    into[0] = this.value as B
    tickets[0] = this.#stage.join(this.#tickets, this.#count)
    this.#clear()
  }

  giveBack(outcome: Outcome): void {
    for (const ticket of this.#tickets) ticket?.nack(reasonOf(outcome))
    this.#clear()
  }

  #clear(): void {
    this.isEmpty = true
    this.value = undefined
    this.#count = 0
    this.#tickets = []
  }
}
