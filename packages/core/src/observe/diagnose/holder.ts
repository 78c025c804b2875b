import type { StageStats } from '../../contract/stage-stats'
import type { LongTurn } from '../../contract/stats'

/**
 * The step that held the event loop in a long turn; undefined where the turn was of another run.
 *
 * A turn is told by its longest step where one was seen, by name, and else by the stage whose task it was: then the step that was on the CPU
 * most of those that are pulled in that task is meant.
 */
export function holderOf(stages: readonly StageStats[], run: string, turn: LongTurn): StageStats | undefined {
  const told = run === turn.run ? stages.find(({ id }) => id === turn.stage) ?? stages.find(({ name }) => name === turn.stage) : undefined
  if (!told || told.driver !== told.id) return told
  let heaviest = told
  for (const stage of stages) if (stage.driver === told.id && stage.workingMs > heaviest.workingMs) heaviest = stage
  return heaviest
}
