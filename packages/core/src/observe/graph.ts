import type { Graph, GraphEdge, GraphNode } from '../contract/stats'
import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'

/** A stage with what only the whole run knows of it. */
export interface PlacedStage {
  readonly stage: RunningStage<unknown>
  readonly id: string
  readonly position: number
}

/** The stages of a run, sources first, each with a unique id. */
export function placeStages(scope: RunScope): PlacedStage[] {
  const positions = new Map<RunningStage<unknown>, number>()
  const positionOf = (stage: RunningStage<unknown>): number => {
    let position = positions.get(stage)
    if (position === undefined) {
      position = 0
      for (const upstream of stage.upstreams) position = Math.max(position, positionOf(upstream) + 1)
      if (stage.feeder) position = Math.max(position, positionOf(stage.feeder) + 1)
      positions.set(stage, position)
    }
    return position
  }
  const seen = new Map<string, number>()
  return [...scope.stages]
    .sort((a, b) => positionOf(a) - positionOf(b))
    .map((stage) => {
      const count = (seen.get(stage.name) ?? 0) + 1
      seen.set(stage.name, count)
      return { stage, id: count === 1 ? stage.name : `${stage.name}#${count}`, position: positionOf(stage) }
    })
}

/** Who feeds whom, and whose task drives whom. */
export function describeGraph(scope: RunScope): Graph {
  const placed = placeStages(scope)
  const ids = new Map(placed.map(({ stage, id }) => [stage, id]))
  const nodes: GraphNode[] = []
  const edges: GraphEdge[] = []
  for (const { stage, id, position } of placed) {
    let driver = stage
    while (driver.meter === undefined && driver.consumer) driver = driver.consumer
    nodes.push({ id, name: stage.name, kind: stage.kind, position, driver: ids.get(driver) ?? id })
    const from = stage.feeder && ids.get(stage.feeder)
    if (from !== undefined) edges.push({ from, to: id })
    const to = stage.consumer && ids.get(stage.consumer)
    if (to !== undefined) edges.push({ from: id, to })
  }
  return { nodes, edges }
}
