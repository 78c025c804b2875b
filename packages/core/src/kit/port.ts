import type { Puller } from '../contract/puller'
import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import { RunningStage, runningStage } from '../engine/running-stage'
import { ProtocolError } from '../errors'
import { Flow } from '../run/flow'

/** What a port leads to, in one use of it in one run. */
interface Attachment<H> {
  readonly feeder: RunningStage<unknown>
  readonly hub: H
}

/**
 * A source inside a pipeline: one way out of a stage that has several.
 *
 * ```text
 *   upstream ─▶ feeder ─ ─ port.source ─▶ map ─▶ … ─▶ owner      ─ ─ fed, not pulled
 * ```
 *
 * Its source is a description, so a branch is put together once, before anything runs. Opened, it finds what it leads
 * to by going from who opens it to who opened that one, up to the stage that was attached: so one description serves
 * several runs, and several uses in one run, also where it is opened late.
 *
 * @example
 * ```ts
 * const port = new Port<number, Hub>('left', (hub, stage) => hub.open(stage))
 * const branch = port.source.pipe(map(f)) // once, when the pipeline is built
 * port.attach(stage, stage, new Hub())    // in each run, before `branch` is opened under `stage`
 * ```
 */
export class Port<T, H> {
  readonly source: Source<T>
  readonly #attached = new WeakMap<RunningStage<unknown>, Attachment<H>>()

  /**
   * @param name shown in failures, stats and the graph.
   * @param open makes the running half from what was attached; the source's stage is its stage.
   */
  constructor(name: string, open: (hub: H, stage: Stage) => Puller<T>) {
    this.source = new Flow<T>((scope, wake, told) => {
      // Not a source: a graceful stop ends the real one, and what is on its way from there still comes out here.
      const stage = new RunningStage<T>(scope, 'operator', name, wake, told)
      return stage.start(() => {
        const { feeder, hub, owner } = this.#find(stage)
        stage.feeder = feeder
        const puller = open(hub, stage)
        if (feeder === owner) return puller
        return {
          tickets: puller.tickets,
          pull(into, limit) {
            const count = puller.pull(into, limit)
            // A stage that nobody pulls hands on what its ports do.
            if (count > 0) {
              feeder.out += count
              if (feeder.taps !== undefined) feeder.taps.passed(into, count)
            }
            return count
          },
          close: (outcome) => puller.close?.(outcome),
        }
      })
    })
  }

  /**
   * From now on, what is opened under `owner` and reads this port reads from `hub`.
   *
   * @param owner the stage under which the branch is opened.
   * @param feeder the stage whose values come out here, for the graph and for the path of a failure: `owner`, or one
   * that `owner` opened.
   */
  attach(owner: Stage, feeder: Stage, hub: H): void {
    this.#attached.set(runningStage(owner), { feeder: runningStage(feeder), hub })
  }

  #find(stage: RunningStage<T>): Attachment<H> & { readonly owner: RunningStage<unknown> } {
    for (let owner = stage.opener; owner; owner = owner.opener) {
      const attachment = this.#attached.get(owner)
      if (attachment) return { ...attachment, owner }
    }
    throw new ProtocolError(`${stage.name}: the source of a branch can only be read inside that branch, in the same run`)
  }
}
