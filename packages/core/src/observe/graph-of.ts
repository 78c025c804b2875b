import type { GraphEdge } from '../contract/graph'
import type { Pipeline, Run } from '../contract/run'
import type { Openable } from '../contract/source'
import { RUN_SCOPE } from '../copies/brand'
import type { RunScope } from '../engine/run-scope'
import { descriptionOf, type StageDescription } from './describe-pipeline'
import { figuresOf } from './node-figures'
import { graphOfRun } from './run-graph'
import { assembleGraph, template, type Placed, type StageGraph } from './stage-graph'

/**
 * The graph of a pipeline, before it runs, or of a run at this moment: its stages, who feeds whom, what is held between them, and which
 * stages belong together.
 *
 * Pipelines that are made of values, as `mergeMap` makes them, are drawn once, however many are open. Before a run nothing is known of
 * them but how many there may be. What declares nothing is drawn as unknown (`isKnown: false`).
 *
 * @param of what `to(sink)` answered, a source, or a run.
 * @returns plain JSON.
 * @throws TypeError where it is none of these.
 *
 * @example
 * ```ts
 * import { drain, from, graphOf, mapAsync } from 'sluice'
 *
 * const { nodes } = graphOf(from([1]).pipe(mapAsync(async (n) => n, { concurrency: 8 })).to(drain()))
 * nodes.map(({ name, concurrency }) => [name, concurrency]) // [['from', null], ['mapAsync', 8], ['drain', null]]
 * ```
 */
export function graphOf(of: Pipeline<unknown> | Openable<unknown> | Run<unknown>): StageGraph {
  return isRun(of) ? graphOfRun(of[RUN_SCOPE]) : graphOfPipeline(of)
}

function isRun(of: object): of is Run<unknown> & { readonly [RUN_SCOPE]: RunScope } {
  return typeof (of as Partial<Run<unknown>> | null)?.stats === 'function' && RUN_SCOPE in of
}

function graphOfPipeline(of: object): StageGraph {
  const { stages, edges } = descriptionOf(of, 'graphOf')
  const positions = positionsIn(stages, edges)
  const placed: Placed[] = []
  const inner: GraphEdge[] = []
  for (const stage of stages) {
    const { id, traits } = stage
    const position = positions.get(id) ?? 0
    if (traits && traits.opens > 0) {
      placed.push(template(id, position, null, traits.opens))
      inner.push({ from: `${id} › per item`, to: id })
    }
    placed.push(place(stage, position))
  }
  return assembleGraph('pipeline', null, placed, [...edges, ...inner])
}

function place({ id, name, kind, madeBy, options, site, traits, isStep, parts }: StageDescription, position: number): Placed {
  const known = { madeBy: madeBy ?? null, isKnown: traits !== undefined, ...figuresOf(options, traits) }
  return { isStep, node: { id, name, kind, position, site, ...known, perItem: null, parts } }
}

/** 0 is a source, else one more than the furthest stage before it. The stages stand behind those that feed them. */
function positionsIn(stages: readonly StageDescription[], edges: readonly GraphEdge[]): Map<string, number> {
  const positions = new Map(stages.map(({ id }) => [id, 0]))
  const after = new Map<string, string[]>()
  for (const { from, to } of edges) after.set(from, [...(after.get(from) ?? []), to])
  for (const { id } of stages) {
    const next = (positions.get(id) ?? 0) + 1
    for (const to of after.get(id) ?? []) positions.set(to, Math.max(next, positions.get(to) ?? 0))
  }
  return positions
}
