import type { Graph, GraphEdge } from '../contract/graph'
import type { RunScope } from '../engine/run-scope'
import { driversOf, inputsOf, placeStages } from './places'
import { siteOf } from './site-of'

/** Who feeds whom, and whose task drives whom. */
export function describeGraph(scope: RunScope): Graph {
  const placed = placeStages(scope)
  const ids = new Map(placed.map(({ stage, id }) => [stage, id]))
  const edges: GraphEdge[] = []
  const driverOf = driversOf()
  const nodes = placed.map(({ stage, id, position }) => {
    for (const input of inputsOf(stage)) {
      const from = ids.get(input)
      if (from !== undefined) edges.push({ from, to: id })
    }
    const { name, kind } = stage
    return { id, name, kind, position, site: siteOf(stage), driver: ids.get(driverOf(stage)) ?? id }
  })
  return { nodes, edges }
}
