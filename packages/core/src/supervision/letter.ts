import type { Stage } from '../contract/stage'
import type { DeadLetter, DeadLetterJson, FailedItem } from '../contract/supervision'
import { runningStage } from '../engine/running-stage'
import { plainValue } from '../foreign/plain-value'
import { wayTo } from '../observe/places'

/** A letter with item and error as they are, which writes itself as JSON. */
export class Letter implements DeadLetter {
  readonly item: unknown
  readonly error: unknown
  readonly attempt: number
  readonly stage: string
  readonly position: number
  readonly path: readonly string[]

  constructor({ item, error, attempt }: FailedItem, stage: Stage) {
    this.item = item
    this.error = error
    this.attempt = attempt
    this.stage = stage.name
    this.path = wayTo(runningStage(stage)).map(({ name }) => name)
    this.position = this.path.length - 1
  }

  toJSON(): DeadLetterJson {
    const { stage, position, path, attempt } = this
    return { stage, position, path, attempt, error: plainValue(this.error), item: plainValue(this.item) }
  }
}

/** A letter whose error has its stack in JSON. */
export class LetterWithStack extends Letter {
  override toJSON(): DeadLetterJson {
    return { ...super.toJSON(), error: plainValue(this.error, { stack: true }) }
  }
}
