import type { PartUse } from '../copies/parts'
import type { GraphEdge, GraphNode } from '../contract/graph'

/** A stage as it is drawn. */
export interface StageNode extends Omit<GraphNode, 'driver'> {
  /** What it was made by, as in `'mapAsync'`; null for a stage that declares nothing. */
  readonly madeBy: string | null
  /** False for a stage of which nothing is known but its name. */
  readonly isKnown: boolean
  /** The most calls, inner pipelines or threads at once; null where it makes none. */
  readonly concurrency: number | null
  /** Threads that it works on; null where it works on this one. */
  readonly threads: number | null
  /** The joint behind it; null where it holds nothing back. `size` is null before it runs, `capacity` where there is no bound. */
  readonly queue: { readonly size: number | null; readonly capacity: number | null; readonly overflow: string | null } | null
  /** For a stage of pipelines that are made of values: whose they are, how many are open (null before it runs), and the most that may be. */
  readonly perItem: { readonly of: string; readonly open: number | null; readonly most: number | null } | null
  /** Queues, topics and limits that it shares, by the ids that `sharedParts` has. */
  readonly parts: readonly PartUse[]
}

/** Stages that belong together. */
export interface StageGroup {
  readonly id: string
  /**
   * - `'fused'`: steps in one loop
   * - `'per item'`: a pipeline that is made of each value, drawn once
   * - `'branch'`: one way out of a stage that has several
   */
  readonly kind: 'fused' | 'per item' | 'branch'
  readonly label: string
  /** The ids of its stages, in order. */
  readonly nodes: readonly string[]
}

/** What `graphOf` answers: plain JSON. */
export interface StageGraph {
  /** The version of this schema. */
  readonly schema: 1
  readonly of: 'pipeline' | 'run'
  /** The name of the run; null for a pipeline. */
  readonly name: string | null
  /** Sources first. */
  readonly nodes: readonly StageNode[]
  readonly edges: readonly GraphEdge[]
  readonly groups: readonly StageGroup[]
}

/** A node, and what else it takes to group it. */
export interface Placed {
  readonly node: StageNode
  /** It works in one loop with its neighbours that do. */
  readonly isStep: boolean
}

/** Stands for pipelines of which nothing is known yet. */
export function template(owner: string, position: number, open: number | null, most: number): Placed {
  return {
    isStep: false,
    node: {
      id: `${owner} › per item`, name: 'per item', kind: 'source', position, site: null, madeBy: null, isKnown: false,
      concurrency: null, threads: null, queue: null, perItem: { of: owner, open, most }, parts: [],
    },
  }
}

/** Puts a graph together: its groups follow from its nodes. */
export function assembleGraph(of: StageGraph['of'], name: string | null, placed: readonly Placed[], edges: readonly GraphEdge[]): StageGraph {
  const groups = [...fusedGroups(placed, edges), ...branchGroups(placed, edges), ...templateGroups(placed)]
  return { schema: 1, of, name, nodes: placed.map(({ node }) => node), edges, groups }
}

/** The only one of a list. */
function only<T>(list: readonly T[] | undefined): T | undefined {
  return list?.length === 1 ? list[0] : undefined
}

function listBy(edges: readonly GraphEdge[], end: 'from' | 'to'): Map<string, string[]> {
  const lists = new Map<string, string[]>()
  for (const edge of edges) {
    const other = end === 'from' ? edge.to : edge.from
    const list = lists.get(edge[end])
    if (list) list.push(other)
    else lists.set(edge[end], [other])
  }
  return lists
}

/** Steps behind one another, two or more. */
function fusedGroups(placed: readonly Placed[], edges: readonly GraphEdge[]): StageGroup[] {
  const steps = new Set(placed.filter(({ isStep }) => isStep).map(({ node }) => node.id))
  const after = listBy(edges, 'from')
  const before = listBy(edges, 'to')
  const nextOf = (id: string): string | undefined => {
    const next = only(after.get(id))
    return next !== undefined && steps.has(next) && only(before.get(next)) === id ? next : undefined
  }
  const followers = new Set([...steps].flatMap((id) => nextOf(id) ?? []))
  return [...steps].filter((id) => !followers.has(id)).flatMap((id): StageGroup[] => {
    const nodes = [id]
    for (let next = nextOf(id); next !== undefined; next = nextOf(next)) nodes.push(next)
    return nodes.length > 1 ? [{ id: `fused ${id}`, kind: 'fused', label: nodes.join(' › '), nodes }] : []
  })
}

/** From each way out of a fan-out to where its ways come together, or to its end. */
function branchGroups(placed: readonly Placed[], edges: readonly GraphEdge[]): StageGroup[] {
  const after = listBy(edges, 'from')
  const before = listBy(edges, 'to')
  const gathers = new Set(placed.filter(({ node }) => node.madeBy === 'branches').map(({ node }) => node.id))
  return placed.flatMap(({ node: { id, name } }): StageGroup[] => {
    const hub = only(before.get(id))
    if (hub === undefined || (after.get(hub)?.length ?? 0) < 2) return []
    const nodes = [id]
    for (let next = only(after.get(id)); next !== undefined && !gathers.has(next) && only(before.get(next)) !== undefined; next = only(after.get(next))) nodes.push(next)
    return [{ id: `branch ${id}`, kind: 'branch', label: name, nodes }]
  })
}

function templateGroups(placed: readonly Placed[]): StageGroup[] {
  const owners = new Map<string, StageNode[]>()
  for (const { node } of placed) if (node.perItem) owners.set(node.perItem.of, [...(owners.get(node.perItem.of) ?? []), node])
  return [...owners].map(([owner, nodes]) => {
    const open = Math.max(...nodes.map(({ perItem }) => perItem?.open ?? -1))
    const label = open < 0 ? `${owner}: per item` : `${owner}: per item, ${open} open`
    return { id: `per item ${owner}`, kind: 'per item', label, nodes: nodes.map(({ id }) => id) }
  })
}
