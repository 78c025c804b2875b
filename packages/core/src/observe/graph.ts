import type { Graph, GraphEdge } from '../contract/stats'
import type { RunScope } from '../engine/run-scope'
import { inputsOf, placeStages } from './places'

/** Who feeds whom, and whose task drives whom. */
export function describeGraph(scope: RunScope): Graph {
  const placed = placeStages(scope)
  const ids = new Map(placed.map(({ stage, id }) => [stage, id]))
  const edges: GraphEdge[] = []
  const nodes = placed.map(({ stage, id, position }) => {
    for (const input of inputsOf(stage)) {
      const from = ids.get(input)
      if (from !== undefined) edges.push({ from, to: id })
    }
    let driver = stage
    while (!driver.meter && driver.consumer) driver = driver.consumer
    const { name, kind } = stage
    return { id, name, kind, position, driver: ids.get(driver) ?? id }
  })
  return { nodes, edges }
}
