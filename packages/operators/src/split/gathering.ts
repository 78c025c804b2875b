import { TimeoutError, type Outcome } from '@sluice/core'
import { DONE, drive, PENDING, type Drive, type Puller, type Stage, type Tickets } from '@sluice/core/authoring'
import { ticketsOf } from '../inputs/input'
import { RoundRobin } from '../inputs/round-robin'
import type { Output } from './branch'
import { GatheredBranch } from './gathered-branch'
import type { Hub } from './hub'

/** A branch that ends in a sink of its own. */
interface DrivenBranch {
  readonly index: number
  readonly drive: Drive
  over: boolean
}

/**
 * The side of a fan-out where its branches come together: values of those that have some, in turn, and the ends of all.
 *
 * - The failure of one branch ends all, at once.
 * - What failed before the branches reaches each of them after what it still has coming; the operator fails when the
 *   last one has ended.
 * - When the consumer wants no more, branches with a sink of their own finish what they were given, and are waited for.
 */
export class Gathering<A, B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: Stage
  readonly #hub: Hub<A>
  readonly #names: readonly string[]
  readonly #turns: RoundRobin<B, GatheredBranch<B>>
  readonly #gathered: readonly GatheredBranch<B>[]
  readonly #driven: readonly DrivenBranch[]
  /** Branches of both kinds that have not ended. */
  #open: number
  #started = false
  #failure: { readonly error: unknown } | undefined
  /** Answers whoever waits for the last branch with a sink of its own. */
  #closing: (() => void) | undefined

  constructor(stage: Stage, hub: Hub<A>, outputs: readonly Output<B>[], names: readonly string[]) {
    this.#stage = stage
    this.#hub = hub
    this.#names = names
    this.#open = outputs.length
    this.#turns = new RoundRobin(stage, outputs.length)
    const gathered: GatheredBranch<B>[] = []
    const driven: DrivenBranch[] = []
    for (const [index, output] of outputs.entries()) {
      if (output.pipeline) driven.push(this.#drive(output.pipeline, index))
      else gathered.push(new GatheredBranch(this.#turns, stage, output.source, index, (error) => this.#over(index, error)))
    }
    this.#gathered = gathered
    this.#driven = driven
    this.tickets = this.#turns.tickets = ticketsOf(gathered)
  }

  pull(into: B[], limit: number): number {
    if (this.#stage.failing) return DONE
    this.#start()
    const written = this.#turns.pull(into, 0, limit)
    if (written > 0) return written
    if (this.#open > 0) return PENDING
    if (this.#failure) throw this.#failure.error
    return DONE
  }

  /** The branches with a sink of their own are ended, or finish by themselves; the run waits for them. */
  close(outcome: Outcome): Promise<void> | undefined {
    this.#hub.stopReading()
    const finishing = outcome.status === 'cancelled' && outcome.reason === undefined
    if (finishing) this.#start()
    for (const { index, drive: side, over } of this.#driven) {
      if (over) continue
      if (finishing) this.#hub.lanes[index]?.finish()
      else side.end(outcome)
    }
    if (this.#driven.every(({ over }) => over)) return undefined
    return new Promise<void>((resolve, reject) => {
      this.#closing = () => {
        if (this.#failure) reject(this.#failure.error)
        else resolve()
      }
    })
  }

  /** A branch was cut off: it is told, and nothing of it comes any more. */
  cut(index: number): void {
    const reason = new TimeoutError(`${this.#names[index]}: cut off, the other branches waited for it too long`)
    const outcome: Outcome = { status: 'cancelled', reason }
    const driven = this.#driven.find((branch) => branch.index === index)
    if (driven?.over === false) driven.drive.end(outcome)
    const gathered = this.#gathered.find((branch) => branch.index === index)
    if (gathered && gathered.place !== 'gone') {
      this.#turns.remove(gathered)
      this.#end(index)
      gathered.close(outcome)
    }
    this.#stage.wake()
  }

  #drive(pipeline: Parameters<typeof drive>[1], index: number): DrivenBranch {
    const side = drive(this.#stage, pipeline, (outcome) => { this.#finished(branch, outcome) })
    const branch: DrivenBranch = { index, drive: side, over: false }
    return branch
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    for (const { drive: side } of this.#driven) side.start()
  }

  /** A branch that is pulled has ended; throws the failure that ends all. */
  #over(index: number, failure: { readonly error: unknown } | undefined): void {
    if (failure) {
      // The failure from before the branches reaches the other branches, too: they finish first.
      if (!this.#isEveryones(failure.error)) throw failure.error
      this.#failure = failure
    }
    this.#end(index)
  }

  /** True for a failure that reaches the other branches as well, and for which they are given the time to finish. */
  #isEveryones(error: unknown): boolean {
    const { failure, finishesFirst } = this.#hub
    return finishesFirst && failure !== undefined && Object.is(failure.error, error)
  }

  #end(index: number): void {
    this.#open--
    this.#hub.leave(index)
  }

  /** A branch with a sink of its own has ended, in whatever way. */
  #finished(branch: DrivenBranch, outcome: Outcome): void {
    branch.over = true
    this.#end(branch.index)
    if (outcome.status === 'failed') {
      if (this.#closing || this.#isEveryones(outcome.error)) {
        this.#failure ??= { error: outcome.error }
      } else {
        this.#hub.stopReading(outcome.error)
        this.#stage.fail(outcome.error)
      }
    }
    if (this.#closing === undefined) this.#stage.wake()
    else if (this.#driven.every(({ over }) => over)) this.#closing()
  }
}
