import {
  DONE, drive, PENDING, RingBuffer, TimeoutError,
  type Drive, type Outcome, type Outlet, type Puller, type Stage, type Tickets,
} from '@sluice/core'
import type { Output } from './branch'
import type { Hub } from './hub'

/** A branch that is running. */
interface Running<B> {
  readonly index: number
  readonly outlet: Outlet<B> | undefined
  readonly drive: Drive | undefined
  /** It stands in line to be pulled. */
  ready: boolean
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
  readonly #branches: Running<B>[]
  /** Branches worth asking, in turn. Invariant: a branch is in it exactly when its `ready` is true. */
  readonly #ready: RingBuffer<Running<B>>
  readonly #scratch: B[] = []
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
    this.#ready = new RingBuffer(outputs.length)
    this.#branches = []
    for (const [index, output] of outputs.entries()) this.#branches.push(this.#begin(output, index))
    this.tickets = this.#branches.some(({ outlet }) => outlet?.tickets) ? [] : null
  }

  pull(into: B[], limit: number): number {
    if (this.#stage.failing) return DONE
    this.#start()
    let written = 0
    while (written < limit && !this.#ready.isEmpty) {
      const share = Math.max(1, Math.floor(limit / this.#ready.size))
      for (let turns = this.#ready.size; turns > 0 && written < limit; turns--) {
        const branch = this.#ready.shift() as Running<B>
        branch.ready = false
        written += this.#take(branch, into, written, Math.min(share, limit - written))
        this.#stage.ready = written
      }
    }
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
    for (const [index, { drive: side, over }] of this.#branches.entries()) {
      if (side === undefined || over) continue
      if (finishing) this.#hub.lanes[index]?.finish()
      else side.end(outcome)
    }
    if (!this.#branches.some(({ drive: side, over }) => side && !over)) return undefined
    return new Promise<void>((resolve, reject) => {
      this.#closing = () => {
        if (this.#failure) reject(this.#failure.error)
        else resolve()
      }
    })
  }

  /** A branch was cut off: it is told, and nothing of it comes any more. */
  cut(index: number): void {
    const branch = this.#branches[index]
    if (branch === undefined || branch.over) return
    const reason = new TimeoutError(`${this.#names[index]}: cut off, the other branches waited for it too long`)
    const outcome: Outcome = { status: 'cancelled', reason }
    if (branch.drive) branch.drive.end(outcome)
    else this.#end(branch)
    void branch.outlet?.close(outcome)
    this.#stage.wake()
  }

  #begin(output: Output<B>, index: number): Running<B> {
    if (output.pipeline) {
      const side = drive(this.#stage, output.pipeline, (outcome) => { this.#finished(branch, outcome) })
      const branch: Running<B> = { index, outlet: undefined, drive: side, ready: false, over: false }
      return branch
    }
    const wake = (): void => {
      if (branch.ready || branch.over) return
      branch.ready = true
      this.#ready.push(branch)
      this.#stage.wake()
    }
    const branch = { index, drive: undefined, ready: true, over: false } as unknown as { outlet: Outlet<B> } & Running<B>
    branch.outlet = this.#stage.open(output.source, wake)
    this.#ready.push(branch)
    return branch
  }

  #start(): void {
    if (this.#started) return
    this.#started = true
    for (const { drive: side } of this.#branches) side?.start()
  }

  /** Takes up to `limit` values of one branch; answers how many. */
  #take(branch: Running<B>, into: B[], at: number, limit: number): number {
    const outlet = branch.outlet as Outlet<B>
    if (branch.over) return 0
    // The first one writes directly; the others beside it.
    const target = at === 0 ? into : this.#scratch
    let count: number
    try {
      count = outlet.pull(target, limit)
    } catch (error) {
      // What came from before the branches reaches the others too: they finish first.
      if (!this.#isEveryones(error)) throw error
      this.#failure = { error }
      count = DONE
    }
    if (count === DONE) this.#end(branch)
    if (count < 1) return 0
    for (let i = 0; i < count; i++) {
      if (target === this.#scratch) {
        into[at + i] = this.#scratch[i] as B
        this.#scratch[i] = undefined as B
      }
      if (this.tickets) this.tickets[at + i] = outlet.tickets?.[i]
    }
    // It may have woken meanwhile, and then stands in line already.
    if (outlet.dry !== true && !branch.ready) {
      branch.ready = true
      this.#ready.push(branch)
    }
    return count
  }

  /** True for a failure that reaches the other branches as well, and for which they are given the time to finish. */
  #isEveryones(error: unknown): boolean {
    return this.#hub.finishesFirst && this.#hub.failure?.error === error
  }

  #end(branch: Running<B>): void {
    branch.over = true
    this.#open--
    this.#hub.leave(branch.index)
  }

  /** A branch with a sink of its own has ended, in whatever way. */
  #finished(branch: Running<B>, outcome: Outcome): void {
    this.#end(branch)
    if (outcome.status === 'failed') {
      if (this.#closing || this.#isEveryones(outcome.error)) {
        this.#failure ??= { error: outcome.error }
      } else {
        this.#hub.stopReading(outcome.error)
        this.#stage.fail(outcome.error)
      }
    }
    if (this.#closing === undefined) this.#stage.wake()
    else if (this.#branches.every(({ drive: side, over }) => side === undefined || over)) this.#closing()
  }
}
