import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'

/** A stage with what only the whole run knows of it. */
export interface PlacedStage {
  readonly stage: RunningStage<unknown>
  /** Its name, with `#2` and so on where it occurs again. */
  readonly id: string
  /** 0 is a source; else one more than the furthest stage before it. */
  readonly position: number
}

type Ways = Map<RunningStage<unknown>, readonly RunningStage<unknown>[]>

/** Who hands a stage its values: those it pulls, and the one that feeds it. */
export function inputsOf(stage: RunningStage<unknown>): RunningStage<unknown>[] {
  return stage.feeder ? [...stage.upstreams, stage.feeder] : [...stage.upstreams]
}

/** The stages from the furthest source to `stage`, which is the last. `known` keeps branches that meet from counting twice. */
export function wayTo(stage: RunningStage<unknown>, known: Ways = new Map()): readonly RunningStage<unknown>[] {
  let way = known.get(stage)
  if (way === undefined) {
    way = []
    for (const input of inputsOf(stage)) {
      const other = wayTo(input, known)
      if (other.length > way.length) way = other
    }
    known.set(stage, (way = [...way, stage]))
  }
  return way
}

/** The stages of a run, sources first, each with a unique id. */
export function placeStages(scope: RunScope): PlacedStage[] {
  const known: Ways = new Map()
  const seen = new Map<string, number>()
  return [...scope.stages]
    .map((stage) => ({ stage, position: wayTo(stage, known).length - 1 }))
    .sort((a, b) => a.position - b.position)
    .map(({ stage, position }) => {
      const { name } = stage
      const count = (seen.get(name) ?? 0) + 1
      seen.set(name, count)
      return { stage, id: count > 1 ? `${name}#${count}` : name, position }
    })
}
