import { AbortError, from, type Pullable, type StageOptions } from '@sluice/core'
import {
  DONE, PENDING, sharesFailure, Trial, Trials, type AckFate, type Outlet, type Stage, type Ticket, type Tickets,
} from '@sluice/core/authoring'
import type { Member, Place } from './round-robin'

/** What the function that makes an inner source gets beside the value. */
export interface InnerContext {
  /** Aborted when the inner source is closed before its end: it was replaced, the run has ended, nobody wants more. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** Makes an inner source of a value: anything `from` takes. */
export type ProjectInner<A, B> = (value: A, context: InnerContext) => Pullable<B>

/** What all inner sources of a stage share. */
export interface InnerOwner<A, B> {
  readonly stage: Stage
  readonly project: ProjectInner<A, B>
  readonly trials: Trials<A, Inner<A, B>>
}

/** The half of an operator with inner sources that is the same for all of its inner sources in a run. */
export function innerOwner<A, B>(stage: Stage, project: ProjectInner<A, B>, { onError }: StageOptions<A>): InnerOwner<A, B> {
  return { stage, project, trials: new Trials<A, Inner<A, B>>(stage, onError, (inner) => { inner.decided() }) }
}

/**
 * A value of the outer source with the inner source made of it.
 *
 * ```text
 *   new ── pull: project, open ──▶ open ── DONE ───────────────▶ over (ticket acknowledged)
 *    ▲                              ├── throws ─▶ trial ─┬─────▶ over (skipped; or failed, and so does the stage)
 *    └────────── again ─────────────┼───────────┘     
 *                                   └── replace / close ───────▶ over (acknowledged / nacked)
 * ```
 *
 * Where the stage fails with an inner source, `pull` answers DONE and throws nothing: the stage is failing from then on, and
 * decides what of its other inner sources comes before the failure.
 *
 * It has a share of the value's ticket of its own, and each value it gives gets one more.
 */
export class Inner<A, B> extends Trial<A> implements Member<B>, InnerContext {
  readonly tickets: Tickets = []
  place: Place = 'waiting'
  pendingIn = 0
  readonly #owner: InnerOwner<A, B>
  readonly wake: () => void
  #outlet: Outlet<B> | undefined
  #controller: AbortController | undefined
  /** Why it was closed before its end. */
  #left: { readonly reason: unknown } | undefined
  #over = false
  /** Values came of the inner source. Each of them has an account of its own. */
  #hasGiven = false

  constructor(owner: InnerOwner<A, B>, item: A, ticket: Ticket | undefined, wake: (inner: Inner<A, B>) => void) {
    super()
    this.#owner = owner
    this.begin(item, ticket)
    this.wake = () => { wake(this) }
  }

  get dry(): boolean {
    return this.#outlet?.dry === true
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController()
      // A function that asks late learns of it all the same.
      if (this.#left) this.#controller.abort(this.#left.reason)
    }
    return this.#controller.signal
  }

  /** The stage has failed, and this inner source will end with the same failure, after what came before it. */
  get sharesFailure(): boolean {
    return this.#outlet !== undefined && sharesFailure(this.#owner.stage, this.#outlet)
  }

  /** Answers what the inner source does; 0 where it has to be asked again. */
  pull(into: B[], limit: number): number {
    if (this.#over) return DONE
    if (this.verdict === 'again') this.tryAgain()
    else if (this.verdict !== 'open') return PENDING
    try {
      const outlet = (this.#outlet ??= this.#open())
      const count = outlet.pull(into, limit)
      // Each value that it gave has a share of the ticket; without one the item itself was dealt with when it had given some.
      if (count === DONE && outlet.cutShort) this.#abandon(undefined)
      else if (count === DONE) this.#finish(this.#hasGiven && this.ticket === undefined ? 'delivered' : 'absorbed')
      if (count > 0) this.#hasGiven = true
      for (let i = 0; i < count; i++) this.tickets[i] = this.#ticketFor(outlet.tickets?.[i])
      return count
    } catch (error) {
      // What has thrown has ended.
      this.#outlet = this.#controller = undefined
      const verdict = this.#owner.trials.failed(this, error)
      if (verdict === 'failed') this.#fail()
      else if (verdict === 'skipped') this.#end()
      return verdict === 'failed' ? DONE : verdict === 'skipped' ? 0 : PENDING
    }
  }

  /** A newer one takes its place: what it has not given is dropped on purpose. */
  replace(): void {
    if (this.#over) return
    this.#leave(new AbortError(`${this.#owner.stage.name}: a newer value has come`))
    this.#owner.stage.settle(this.ticket, 'dropped', 'replaced')
    this.ticket = undefined
  }

  /** The end of the stage: what it has not given is given back. */
  close(reason: unknown): void {
    if (this.#over) return
    this.#leave(reason)
    this.#abandon(reason)
  }

  /** It is known what becomes of the value, whose inner source had failed. */
  decided(): void {
    if (this.verdict === 'skipped') this.#end()
    if (this.verdict === 'failed') this.#fail()
    this.wake()
  }

  #fail(): void {
    this.#over = true
    this.#owner.stage.fail(this.error, this.item, this.attempt)
  }

  #open(): Outlet<B> {
    const { stage, project } = this.#owner
    return stage.open(from(project(this.item as A, this)), this.wake)
  }

  #ticketFor(inner: Ticket | undefined): Ticket | undefined {
    const outer = this.ticket
    if (outer === undefined) return inner
    outer.split(1)
    // A plain value of the inner source is counted with it.
    return this.#owner.stage.join([outer, inner], 2)
  }

  /** What came of the item was not all there is. */
  #abandon(reason: unknown): void {
    this.#over = true
    this.#outlet = this.#controller = undefined
    this.giveBack(reason)
  }

  #finish(fate: AckFate): void {
    this.#end()
    this.#owner.stage.settle(this.ticket, fate)
    this.ticket = undefined
  }

  #end(): void {
    this.#over = true
    this.#outlet = this.#controller = this.item = undefined
  }

  #leave(reason: unknown): void {
    this.#over = true
    this.#left = { reason }
    this.#controller?.abort(reason)
    void this.#outlet?.close({ status: 'cancelled', reason: undefined })
    this.#outlet = undefined
    if (this.verdict === 'open') this.item = undefined
    else this.#owner.trials.leave(this)
  }
}
