import type { StageGraph, StageGroup, StageNode } from '@sluice/core'

/** A group with what stands in it. */
export interface Nest {
  readonly group: StageGroup
  readonly nodes: readonly StageNode[]
  readonly nests: readonly Nest[]
}

/** A graph as it is drawn: each stage once, in the smallest of its groups. */
export interface NestedGraph {
  /** The stages that stand in no group. */
  readonly nodes: readonly StageNode[]
  readonly nests: readonly Nest[]
}

/** Of two groups of the same stages the first one here is the outer one. */
const OUTER: readonly StageGroup['kind'][] = ['per item', 'branch', 'fused']

interface Growing {
  readonly group: StageGroup
  readonly members: ReadonlySet<string>
  readonly nodes: StageNode[]
  readonly nests: Growing[]
}

/** Puts groups into the groups that hold all of their stages. */
export function nested({ nodes, groups }: StageGraph): NestedGraph {
  const outerFirst = groups.map((group): Growing => ({ group, members: new Set(group.nodes), nodes: [], nests: [] }))
    .sort((a, b) => b.members.size - a.members.size || OUTER.indexOf(a.group.kind) - OUTER.indexOf(b.group.kind))
  const smallest = new Map<string, Growing>()
  const outermost: Growing[] = []
  for (const each of outerFirst) {
    const around = outerFirst.slice(0, outerFirst.indexOf(each)).findLast(({ members }) => [...each.members].every((id) => members.has(id)))
    if (around) around.nests.push(each)
    else outermost.push(each)
    for (const id of each.members) smallest.set(id, each)
  }
  for (const node of nodes) smallest.get(node.id)?.nodes.push(node)
  return { nodes: nodes.filter(({ id }) => !smallest.has(id)), nests: outermost.filter(hasNodes).map(pruned) }
}

function hasNodes({ nodes, nests }: Growing): boolean {
  return nodes.length > 0 || nests.some(hasNodes)
}

function pruned({ group, nodes, nests }: Growing): Nest {
  return { group, nodes, nests: nests.filter(hasNodes).map(pruned) }
}
