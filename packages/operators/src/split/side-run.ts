import { type Outcome, type Pipeline } from '@sluice/core'
import { drive, type Drive, type Stage } from '@sluice/core/authoring'

/**
 * The run of a pipeline at the side of a stage: begun once, ended once.
 *
 * Invariant: whoever waits for it is answered when it is over.
 */
export class SideRun {
  isOver = false
  readonly #drive: Drive
  #started = false
  /** Answers whoever waits for it. */
  #answer: ((outcome: Outcome) => void) | undefined

  /** @param onOver told how it has ended, and whether somebody waits for that, who is told of a failure then. */
  constructor(stage: Stage, pipeline: Pipeline<unknown>, onOver: (outcome: Outcome, isAwaited: boolean) => void) {
    this.#drive = drive(stage, pipeline, (outcome) => {
      this.isOver = true
      onOver(outcome, this.#answer !== undefined)
      this.#answer?.(outcome)
    })
  }

  start(): void {
    if (this.#started) return
    this.#started = true
    this.#drive.start()
  }

  end(outcome: Outcome): void {
    this.#drive.end(outcome)
  }

  /** Rejects where it has failed; undefined where it is over already. */
  whenOver(): Promise<void> | undefined {
    if (this.isOver) return undefined
    return new Promise<void>((resolve, reject) => {
      this.#answer = (outcome) => {
        if (outcome.status === 'failed') reject(outcome.error)
        else resolve()
      }
    })
  }
}
