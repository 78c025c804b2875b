import { type Source } from '@sluice/core'
import { DONE, PENDING, source, type Puller, type Stage } from '@sluice/core/authoring'
import { leaveRubbish } from '../probe/rubbish'

/** How a {@link scriptedSource} answers; all of it is legal. */
export interface Script {
  /** Values of one pull at most. Default: as many as are asked for. */
  readonly most?: number | undefined
  /** It answers PENDING before each so many values. Default: never. */
  readonly pendingEvery?: number | undefined
  /** When the wake after a PENDING comes: `'later'` (default), or inside the very pull, before its answer. */
  readonly wakes?: 'later' | 'before the answer' | undefined
  /** It wakes in every pull, whatever it answers; while a wake is on its way it does not, or it would be asked in a circle. */
  readonly restless?: boolean | undefined
  /** It answers 0, "ask again", before each pull that gives values. */
  readonly zeros?: boolean | undefined
  /** It leaves rubbish behind what it gives. */
  readonly dirty?: boolean | undefined
  /** What its close does. */
  readonly close?: (() => unknown) | undefined
}

/** A source of these values that answers as the script says. */
export function scriptedSource(name: string, values: readonly unknown[], script: Script): Source<unknown> {
  return source<unknown>(name, (stage) => new Scripted(values, script, stage))
}

class Scripted implements Puller<unknown> {
  readonly #values: readonly unknown[]
  readonly #script: Script
  readonly #stage: Stage
  #at = 0
  #rested = false
  #resting = false
  #zero = false

  constructor(values: readonly unknown[], script: Script, stage: Stage) {
    this.#values = values
    this.#script = script
    this.#stage = stage
  }

  pull(into: unknown[], limit: number): number {
    const { dirty = false, restless = false } = this.#script
    if (restless && !this.#resting) this.#stage.wake()
    const count = this.#answer(into, limit)
    if (dirty) leaveRubbish(into, undefined, count, limit)
    return count
  }

  close(): unknown {
    return this.#script.close?.()
  }

  #answer(into: unknown[], limit: number): number {
    const { most = Infinity, zeros = false } = this.#script
    if (this.#rests()) return PENDING
    if (this.#at >= this.#values.length) return DONE
    if (zeros && (this.#zero = !this.#zero)) return 0
    this.#rested = false
    const count = Math.min(limit, most, this.#values.length - this.#at)
    for (let i = 0; i < count; i++) into[i] = this.#values[this.#at++]
    return count
  }

  #rests(): boolean {
    const { pendingEvery, wakes = 'later' } = this.#script
    if (this.#resting) return true
    if (pendingEvery === undefined || this.#rested || this.#at % pendingEvery !== 0) return false
    this.#rested = true
    if (wakes === 'before the answer') {
      this.#stage.wake()
      return true
    }
    this.#resting = true
    void Promise.resolve().then(() => {
      this.#resting = false
      this.#stage.wake()
    })
    return true
  }
}
