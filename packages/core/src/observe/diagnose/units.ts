import type { StageShares } from './diagnosis'
import type { StageWindow } from './stage-window'

/** What runs in turns of its own, or waits by itself: a stage with a clock, and the steps that are pulled in its turns. */
export interface Unit {
  readonly stage: StageWindow
  readonly shares: StageShares
  /** The stage itself and the steps fused with it. */
  readonly members: readonly StageWindow[]
  /** Where its values come from. */
  readonly inputs: readonly Unit[]
  /** Where its values go. */
  readonly outputs: readonly Unit[]
}

interface Growing extends Unit {
  readonly members: StageWindow[]
  readonly inputs: Unit[]
  readonly outputs: Unit[]
}

/** Puts each stage into the unit in whose turns it works, and joins the units. */
export function unitsOf(stages: readonly StageWindow[]): readonly Unit[] {
  const units = new Map<string, Growing>()
  for (const stage of stages) {
    if (stage.shares) units.set(stage.id, { stage, shares: stage.shares, members: [stage], inputs: [], outputs: [] })
  }
  const home = (stage: StageWindow): Growing | undefined => units.get(stage.id) ?? units.get(stage.driver)
  for (const stage of stages) {
    const unit = home(stage)
    if (unit && unit.stage !== stage) unit.members.push(stage)
  }
  const byId = new Map(stages.map((stage) => [stage.id, stage]))
  for (const stage of stages) {
    const unit = home(stage)
    for (const id of stage.inputs) {
      const input = byId.get(id)
      const other = input && home(input)
      if (!unit || !other || other === unit || unit.inputs.includes(other)) continue
      unit.inputs.push(other)
      other.outputs.push(unit)
    }
  }
  return [...units.values()]
}
