import type { Graph, GraphEdge } from '../contract/stats'
import type { RunningStage } from '../engine/running-stage'
import type { RunScope } from '../engine/run-scope'
import { inputsOf, placeStages } from './places'

/** Who feeds whom, and whose task drives whom. */
export function describeGraph(scope: RunScope): Graph {
  const placed = placeStages(scope)
  const ids = new Map(placed.map(({ stage, id }) => [stage, id]))
  const edges: GraphEdge[] = []
  const drivers = new Map<RunningStage<unknown>, RunningStage<unknown>>()
  /** Whose task pulls a stage; told to all on the way, so that a long chain is gone along once. */
  const driverOf = (stage: RunningStage<unknown>): RunningStage<unknown> => {
    const way: RunningStage<unknown>[] = []
    let driver = stage
    while (!driver.meter && driver.consumer && !drivers.has(driver)) {
      way.push(driver)
      driver = driver.consumer
    }
    driver = drivers.get(driver) ?? driver
    for (const each of way) drivers.set(each, driver)
    return driver
  }
  const nodes = placed.map(({ stage, id, position }) => {
    for (const input of inputsOf(stage)) {
      const from = ids.get(input)
      if (from !== undefined) edges.push({ from, to: id })
    }
    const { name, kind } = stage
    return { id, name, kind, position, driver: ids.get(driverOf(stage)) ?? id }
  })
  return { nodes, edges }
}
