import { DONE } from '../contract/answers'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Ticket, Tickets } from '../contract/ticket'
import { RunningStage } from './running-stage'
import type { Step } from './step'

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
export class Fusion<B> implements Puller<B> {
  readonly tickets: Tickets | null
  readonly #stage: RunningStage<B>
  readonly #upstream: Outlet<unknown>
  readonly #steps: Step[]
  #failure: { readonly step: Step; readonly error: unknown; readonly item: unknown } | undefined

  /** Puts `step` behind `upstream`, into the same loop where upstream ends in steps. */
  constructor(stage: RunningStage<B>, upstream: Outlet<unknown>, step: Step) {
    this.tickets = upstream.tickets ?? null
    this.#stage = stage
    const before = upstream instanceof RunningStage && !upstream.supervised ? upstream.puller : undefined
    if (before instanceof Fusion) {
      this.#upstream = before.#upstream
      // Its own, too: from now on nobody pulls the stage before by itself.
      this.#steps = before.#steps
      this.#steps.push(step)
    } else {
      this.#upstream = upstream
      this.#steps = [step]
    }
  }

  pull(into: B[], limit: number): number {
    const upstream = this.#upstream
    const stage = this.#stage
    let count = upstream.pull(into, limit)
    stage.dry = upstream.dry === true
    const { sampler } = stage.scope
    for (let i = 0; i < this.#steps.length && count > 0; i++) {
      const step = this.#steps[i] as Step
      if (sampler === undefined) count = step.run(into, count, this)
      else {
        sampler.enter(step.stage)
        count = step.run(into, count, this)
        sampler.exit()
      }
      // What a loop with tickets left out has told them.
      if (step.at > count && !step.hasSettled) step.stage.settleCount(step.at - count, 'absorbed')
      // The last one is counted, and looked at, by whoever pulls.
      if (step.stage !== stage) {
        step.stage.out += count
        if (step.stage.taps !== undefined && count > 0) step.stage.taps.passed(into, count)
      }
    }
    if (this.#failure === undefined) {
      // A step that failed from a callback is not pulled, so its failure is thrown here, in place of the end.
      if (count === DONE) for (const step of this.#steps) if (step.stage.failing) throw step.stage.error
      return count
    }
    const { step, error, item } = this.#failure
    step.stage.scope.failures.began({ stage: step.stage, error, item, attempt: 1 })
    return stage.failAfter(count, error, item, null)
  }

  /**
   * User code threw. The values before the failing one go on through the steps after it, then the failure is thrown.
   * Should one of them fail in a later step, that failure is the earlier one, and it is thrown instead.
   */
  failed(step: Step, error: unknown, item: unknown, ticket: Ticket | undefined): void {
    // Supervised, it is not known yet what becomes of the item.
    if (this.#stage.supervised) throw error
    step.stage.giveUp(ticket, error)
    if (this.#failure) this.#stage.scope.failures.cameBeside(this.#failure.error)
    this.#failure = { step, error, item }
  }
}
