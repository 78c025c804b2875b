import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Ticket, Tickets } from '../contract/ticket'
import { RunningStage } from './running-stage'

/** What a stage that looks at one value at a time does with a batch. */
export interface Step {
  readonly stage: RunningStage<unknown>
  /** Works on the first `count` of `batch` in place; answers how many are left. Calls `failed` where user code throws. */
  run(batch: unknown[], count: number, owner: StepOwner): number
}

/** What a step tells of its failures. */
export interface StepOwner {
  readonly tickets: Tickets | null
  /** User code threw on `item` after `ready` values were done. Answers how many values go on, or throws. */
  failed(step: Step, ready: number, error: unknown, item: unknown, ticket: Ticket | undefined): number
}

/**
 * Neighbouring steps pulled as one stage.
 *
 * ```text
 *   from ─▶ map ─▶ filter ─▶ map ─▶ sink          the stages, as names, counters and graph see them
 *   from ◀──────── pull ─── [step, step, step]    what happens: one call upstream, then a loop per step
 * ```
 *
 * Why: with an asynchronous source every batch is one value, and each call between stages is made twice for it, once
 * for the value and once for the PENDING after it. `npm run bench` (async generator through map, filter, count) has
 * the figures with which this stands or falls.
 */
export class FusedStage<B> extends RunningStage<B> implements StepOwner {
  #steps: readonly Step[] = []
  #upstream: Outlet<unknown> | undefined
  #tickets: Tickets | null = null
  #failure: { readonly step: Step; readonly error: unknown; readonly item: unknown } | undefined

  /** Puts `step` behind `upstream`, into the same loop where upstream ends in steps. */
  fuse(upstream: Outlet<unknown>, step: Step): this {
    const before = upstream instanceof FusedStage && !upstream.supervised ? upstream : undefined
    this.#upstream = before ? before.#upstream : upstream
    this.#steps = before ? [...before.#steps, step] : [step]
    this.#tickets = upstream.tickets ?? null
    return this
  }

  override get tickets(): Tickets | null {
    return this.#tickets ?? super.tickets
  }

  override pull(into: B[], limit: number): number {
    if (this.#upstream === undefined || this.outcome !== undefined) return super.pull(into, limit)
    this.enter()
    let count: number
    try {
      count = this.#pullSteps(into, limit)
      if (count === 0) count = this.again(into, limit)
    } catch (error) {
      return this.threw(error)
    }
    return this.leave(count, limit)
  }

  protected override pullOnce(into: B[], limit: number): number {
    return this.#upstream === undefined ? super.pullOnce(into, limit) : this.#pullSteps(into, limit)
  }

  #pullSteps(into: B[], limit: number): number {
    const upstream = this.#upstream as Outlet<unknown>
    let count = upstream.pull(into, limit)
    this.dry = upstream.dry === true
    const steps = this.#steps
    for (let i = 0; i < steps.length && count > 0; i++) count = (steps[i] as Step).run(into, count, this)
    return this.#failure === undefined ? count : this.#fail(count)
  }

  /**
   * The values before the failing one go on through the steps after it, then the failure is thrown. Should one of
   * them fail in a later step, that failure is the earlier one, and it is thrown instead.
   */
  failed(step: Step, ready: number, error: unknown, item: unknown, ticket: Ticket | undefined): number {
    ticket?.nack(error)
    if (this.#failure) this.scope.failedBeside(this.#failure.error)
    this.#failure = { step, error, item }
    return ready
  }

  #fail(count: number): number {
    const { step, error, item } = this.#failure as { step: Step; error: unknown; item: unknown }
    this.#failure = undefined
    // From now on it is a stage that throws, and has no steps.
    this.#upstream = undefined
    this.scope.failed(step.stage, error, item, 1)
    return this.throwAfter(count, error)
  }
}

/** A step by itself, for a supervised stage: failures go to the supervisor, so they are thrown as they come. */
export function stepPuller<B>(upstream: Outlet<unknown>, step: Step): Puller<B> {
  const owner: StepOwner = {
    tickets: upstream.tickets ?? null,
    failed(_step, _ready, error) {
      throw error
    },
  }
  return {
    tickets: owner.tickets,
    pull(into, limit) {
      const count = upstream.pull(into, limit)
      return count > 0 ? step.run(into, count, owner) : count
    },
  }
}
