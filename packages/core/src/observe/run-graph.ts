import type { GraphEdge } from '../contract/graph'
import { usesOf } from '../copies/parts'
import type { RunScope } from '../engine/run-scope'
import type { RunningStage } from '../engine/running-stage'
import { traitsOf } from './describe-pipeline'
import { finite } from './queue'
import { figuresOf } from './node-figures'
import { driversOf, inputsOf, placeStages, type PlacedStage } from './places'
import { siteOf } from './site-of'
import { assembleGraph, template, type Placed, type StageGraph } from './stage-graph'

type Stage = RunningStage<unknown>

/** The graph of a run at this moment. */
export function graphOfRun(scope: RunScope): StageGraph {
  const stages = placeStages(scope)
  const ids = idsOf(stages)
  const drawn = new Map<string, PlacedStage[]>()
  for (const place of stages) {
    const id = ids.get(place.stage) as string
    drawn.set(id, [...(drawn.get(id) ?? []), place])
  }
  const driverOf = driversOf()
  const placed: Placed[] = []
  const edges = edgesOf(stages, ids)
  for (const [id, those] of drawn) {
    const [first] = those as [PlacedStage]
    const { stage, position } = first
    const opens = traitsOf(stage.declaration, stage.given)?.opens ?? 0
    if (opens > 0 && !stages.some(({ stage: other }) => other.inner && ownerOf(other) === stage)) {
      placed.push(template(id, position, 0, opens))
      edges.push({ from: `${id} › per item`, to: id })
    }
    placed.push(draw(id, those, ids, stage.kind === 'operator' && driverOf(stage) !== stage && stage.upstreams.size === 1))
  }
  return assembleGraph('run', scope.name, placed, edges)
}

/** The stage of the pipeline itself in which an inner one is open. */
function ownerOf(stage: Stage): Stage {
  let owner = stage
  while (owner.inner && owner.opener) owner = owner.opener
  return owner
}

/** Ids of what is drawn: inner stages that are opened in the same way by the same stage are drawn as one. */
function idsOf(stages: readonly PlacedStage[]): Map<Stage, string> {
  const own = new Map(stages.map(({ stage, id }) => [stage, id]))
  const ids = new Map<Stage, string>()
  const idOf = (stage: Stage): string => {
    const known = ids.get(stage)
    if (known !== undefined) return known
    const id = stage.inner && stage.opener ? `${idOf(stage.opener)} › ${stage.name}` : (own.get(stage) ?? stage.name)
    ids.set(stage, id)
    return id
  }
  // The opener first, so that no way is gone along twice, and none is deep.
  for (const { stage } of [...stages].reverse()) idOf(stage)
  return ids
}

function edgesOf(stages: readonly PlacedStage[], ids: ReadonlyMap<Stage, string>): GraphEdge[] {
  const seen = new Map<string, GraphEdge>()
  for (const { stage } of stages) {
    for (const input of inputsOf(stage)) {
      const from = ids.get(input)
      const to = ids.get(stage) as string
      if (from !== undefined && from !== to) seen.set(`${from}\n${to}`, { from, to })
    }
  }
  return [...seen.values()]
}

function draw(id: string, those: readonly PlacedStage[], ids: ReadonlyMap<Stage, string>, isStep: boolean): Placed {
  const [{ stage, position }] = those as [PlacedStage]
  const { name, kind, declaration, given = {}, uses } = stage
  const traits = traitsOf(declaration, given)
  const figures = figuresOf(given, traits)
  const owner = stage.inner ? ownerOf(stage) : undefined
  const most = owner && traitsOf(owner.declaration, owner.given)?.opens
  const queues = those.flatMap(({ stage: { queue } }) => queue ?? [])
  const sum = (of: (queue: { readonly size: number; readonly capacity: number }) => number): number => queues.reduce((all, queue) => all + of(queue), 0)
  const queue = queues.length === 0 ? null : { size: sum(({ size }) => size), capacity: finite(sum(({ capacity }) => capacity)), overflow: figures.queue?.overflow ?? null }
  return {
    isStep,
    node: {
      id, name, kind, position, site: siteOf(stage), madeBy: declaration?.owner ?? null, isKnown: traits !== undefined, ...figures, queue,
      perItem: owner ? { of: ids.get(owner) ?? owner.name, open: those.length, most: most === undefined || most === 0 ? null : most } : null,
      parts: usesOf({ uses, given }),
    },
  }
}
