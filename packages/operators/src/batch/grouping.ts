import { coded } from '@sluice/core/authoring'
import { type Outcome, type Source } from '@sluice/core'
import {
  DONE, Held, PENDING, source, reasonOf, type Puller, type Scope, type Stage, type Ticket, type Tickets,
} from '@sluice/core/authoring'

/** What `groupBy` answers: the values of one key, as a source of their own, to be consumed once. */
export interface Group<K, A> {
  readonly key: K
  readonly source: Source<A>
}

/** Who fills a group. */
export interface GroupOwner<K, A> {
  readonly name: string
  readonly scope: Scope
  readonly stage: Stage
  readonly capacity: number
  readonly tracked: boolean
  /** How many groups are ending; they see to it. */
  ending: number
  /** A group has a consumer. */
  opened(): void
  /** Its consumer has taken so many values. */
  drained(group: GroupQueue<K, A>, count: number): void
  /** Its consumer has learnt of its end, or wants no more; `left` values will not be delivered. */
  over(group: GroupQueue<K, A>, left: number): void
}

/**
 * A group: a bounded queue that `groupBy` fills and one consumer empties, in the same run or in one of its own.
 *
 * ```text
 *   taking ◀── end(), push() ──▶ ending ── drained, and told so ─▶ over
 *      └───── the consumer wants no more ──────────────────────────┘
 * ```
 */
export class GroupQueue<K, A> {
  readonly key: K
  /** What is handed on. */
  readonly group: Group<K, A>
  /** When the last value came. */
  lastAt = 0
  /** `groupBy` has emitted it. */
  isHandedOut = false
  /** The time for a consumer to come has been granted. */
  wasAwaited = false
  readonly #owner: GroupOwner<K, A>
  readonly #held: Held<A>
  #state: 'taking' | 'ending' | 'over' = 'taking'
  #failure: { readonly error: unknown } | undefined
  /** The consumer's side, once it was opened. */
  #stage: Stage | undefined

  constructor(key: K, owner: GroupOwner<K, A>) {
    this.key = key
    this.#owner = owner
    this.#held = new Held({ capacity: owner.capacity })
    this.group = { key, source: source<A>(`${owner.name} group`, (stage) => this.#open(stage)) }
  }

  get isFull(): boolean {
    return this.#held.isFull
  }

  /** It was handed out and has no consumer yet. */
  get isLoose(): boolean {
    return this.isHandedOut && this.#stage === undefined
  }

  get isEnding(): boolean {
    return this.#state === 'ending'
  }

  /** Where it was ending and its consumer does not know yet, it goes on. */
  push(value: A, ticket: Ticket | undefined): void {
    this.#become('taking')
    this.#held.push(value, ticket)
    this.#stage?.wake()
  }

  /** No more comes: what it holds comes out, then its end or the failure. */
  end(failure?: { readonly error: unknown }): void {
    if (this.#state !== 'taking') return
    this.#become('ending')
    this.#failure = failure
    this.#announce()
  }

  /** What it holds will not be delivered; answers how many values that was. */
  giveBack(reason: unknown): number {
    return this.#held.giveBack(reason)
  }

  #open(stage: Stage): Puller<A> {
    if (this.#stage !== undefined) throw coded('SLUICE_CONSUMED', new Error(`${stage.name}: it is being consumed already, and can be only once`))
    this.#stage = stage
    if (this.#failure) this.#announce()
    stage.expose(this.#held)
    stage.fedBy(this.#owner.stage)
    this.#owner.opened()
    const tickets: Tickets | null = this.#owner.tracked ? [] : null
    return {
      tickets,
      pull: (into, limit) => this.#pull(into, limit, tickets),
      halt: () => this.#halt(stage),
      close: (outcome) => { this.#close(outcome) },
    }
  }

  /** Tells its consumer of the end. A failure is the stage's at once, so that those who gather groups know that it comes. */
  #announce(): void {
    if (this.#failure) this.#stage?.fail(this.#failure.error)
    this.#stage?.wake()
  }

  #pull(into: A[], limit: number, tickets: Tickets | null): number {
    const count = this.#held.drainInto(into, tickets, limit)
    if (count > 0) {
      // Another run reads it as a source of its own, so here it is done.
      if (!tickets && this.#stage?.scope !== this.#owner.scope) this.#owner.stage.settleCount(count, 'delivered')
      this.#owner.drained(this, count)
      return count
    }
    if (this.#state === 'taking') return PENDING
    this.#finish(0)
    if (this.#failure) throw this.#failure.error
    return DONE
  }

  /** In the run of its owner it ends when that has; the end of another run ends it alone. */
  #halt(stage: Stage): boolean {
    if (stage.scope !== this.#owner.scope) this.end()
    return true
  }

  #close(outcome: Outcome): void {
    this.#finish(this.giveBack(reasonOf(outcome)))
  }

  #finish(left: number): void {
    if (this.#state === 'over') return
    this.#become('over')
    this.#owner.over(this, left)
  }

  #become(state: 'taking' | 'ending' | 'over'): void {
    if (this.#state === 'ending') this.#owner.ending--
    if (state === 'ending') this.#owner.ending++
    this.#state = state
  }
}
