import type { Clock } from '../contract/clock'
import type { Run } from '../contract/run'
import type { RunningStage } from '../engine/running-stage'
import { StageTaps, type Tap } from '../engine/stage-taps'
import { declare } from '../options/declare'
import { fn, whole } from '../options/rules'
import { inputsOf } from './places'
import { redacted } from './redacted'
import { scopeOf, stageOf } from './run-stage'

const TAP = /* @__PURE__ */ declare('tapStage', () => ({ args: { see: fn }, options: { perSecond: whole(1, 10_000).or(20) } }))

/** Options of {@link tapStage}. */
export interface TapOptions {
  /** Values that are shown a second at most, 1 to 10,000. Default 20. */
  readonly perSecond?: number | undefined
}

/**
 * Is shown a value that a stage hands on.
 *
 * @param value as the `redact` of the run leaves it, where the run has one. It is the value itself, and not a copy: it is not to be changed.
 * @param unseen how many values have passed since the last one that was shown, without this one.
 */
export type SeeValue = (value: unknown, unseen: number) => void

/** Shows so many values a second: of a batch those that stand as far apart as they can. */
class Sample implements Tap {
  readonly #see: SeeValue
  readonly #redact: ((item: unknown) => unknown) | undefined
  readonly #clock: Clock
  readonly #perSecond: number
  readonly #end: () => void
  /** What may be shown now; a second's worth at most. */
  #due: number
  #at: number
  #unseen = 0
  isOver = false

  constructor(see: SeeValue, redact: ((item: unknown) => unknown) | undefined, clock: Clock, perSecond: number, end: () => void) {
    this.#see = see
    this.#redact = redact
    this.#clock = clock
    this.#due = this.#perSecond = perSecond
    this.#at = clock.now()
    this.#end = end
  }

  passed(batch: readonly unknown[], count: number): void {
    const now = this.#clock.now()
    this.#due = Math.min(this.#perSecond, this.#due + (this.#perSecond * (now - this.#at)) / 1000)
    this.#at = now
    // A sum of fractions comes out a little below the whole number it stands for.
    const shown = Math.min(count, Math.floor(this.#due + 1e-9))
    this.#due -= shown
    let next = 0
    // Who is shown a value may end the tap.
    for (let i = 0; i < shown && !this.isOver; i++) {
      const at = Math.floor((i * count) / shown)
      this.#unseen += at - next
      next = at + 1
      this.#show(batch[at])
    }
    this.#unseen += count - next
  }

  #show(item: unknown): void {
    const unseen = this.#unseen
    this.#unseen = 0
    try {
      this.#see(redacted(item, this.#redact), unseen)
    } catch (error) {
      this.#end()
      void Promise.reject(error)
    }
  }
}

/**
 * Shows some of the values that a stage of a run hands on, as they pass: what is really in the pipeline, without a change of it.
 *
 * The values are shown within the turn of the stage, so `see` must be quick. Nothing of them is kept here, and nobody waits for anybody. A step
 * that is fused with its neighbours shows what leaves that step; a sink shows what it is given. An inner stage is tapped as long as it is open.
 * A stage that nobody taps pays one comparison a batch.
 *
 * What `see` throws hurts no run: it ends the tap, and is reported as an unhandled rejection.
 *
 * @param run a run of Sluice, of this copy or of another one. Of one that has ended, and of a stage that has, nothing is shown.
 * @param stage the id of a stage, as `run.stats()` tells it.
 * @param see is shown a value, and told how many have passed unseen before it.
 * @param options `perSecond`: values that are shown a second at most, 1 to 10,000, all at once after a second of rest (default 20).
 * @returns ends the tap; no effect from the second call on. It ends by itself when the stage ends.
 * @throws TypeError where `run` is no run; OptionError where the run has no such stage, and where an option is not allowed.
 *
 * @example
 * ```ts
 * import { drain, from, map, tapStage } from 'sluice'
 *
 * const run = from([1, 2, 3]).pipe(map((n) => n * 2, { name: 'double' })).to(drain()).run()
 * const seen: unknown[] = []
 * const end = tapStage(run, 'double', (value) => { seen.push(value) })
 * await run
 * end()
 * seen // [2, 4, 6]
 * ```
 */
export function tapStage(run: Run<unknown>, stage: string, see: SeeValue, options?: TapOptions): () => void {
  const { perSecond } = TAP.read(options, { see })
  const scope = scopeOf('tapStage', run)
  const found = stageOf('tapStage', scope, stage)
  const tapped = found.kind === 'sink' ? inputsOf(found) : [found]
  const end = (): void => {
    sample.isOver = true
    for (const each of tapped) untap(each, sample)
  }
  const sample = new Sample(see, scope.redact, scope.clock, perSecond, end)
  for (const each of tapped) tap(each, sample)
  return end
}

function tap(stage: RunningStage<unknown>, by: Tap): void {
  if (stage.outcome !== undefined) return
  stage.taps ??= new StageTaps()
  stage.taps.all.add(by)
}

function untap(stage: RunningStage<unknown>, by: Tap): void {
  stage.taps?.all.delete(by)
  if (stage.taps?.all.size === 0) stage.taps = undefined
}
