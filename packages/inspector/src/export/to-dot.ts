import type { StageGraph, StageNode } from '@sluice/core'
import { directionOf, type DrawOptions } from './direction'
import { nested, type Nest } from './group-tree'
import { factsOf, groupText, jointsOf, lastOf, nameText, numbersOf } from './labels'

const SHAPES = { source: 'cds', operator: 'box', sink: 'cylinder' } as const

/**
 * A graph in the language of Graphviz. Groups are clusters, what is unknown is dashed, and an edge tells what may wait there.
 *
 * @param graph what `graphOf` answered, of a pipeline or a run.
 * @param options see {@link DrawOptions}.
 * @returns text that ends in a newline. Names of the program are text in it, whatever is in them; at most 80 letters of each are shown.
 * @throws OptionError for an option that is not allowed, or unknown.
 *
 * @example
 * ```ts
 * import { drain, from, graphOf, mapAsync } from 'sluice'
 * import { toDot } from '@sluice/inspector'
 *
 * console.log(toDot(graphOf(from([1]).pipe(mapAsync(async (n) => n, { concurrency: 8 })).to(drain()))))
 * ```
 */
export function toDot(graph: StageGraph, options?: DrawOptions): string {
  const direction = directionOf('toDot', options)
  const numbers = numbersOf(graph)
  const lasts = lastOf(graph)
  const { nodes, nests } = nested(graph)
  const lines = ['digraph pipeline {', `  rankdir=${direction}`, '  node [shape=box, fontname="sans-serif"]', '  edge [fontname="sans-serif", fontsize=10]']
  let groups = 0
  const draw = (node: StageNode, indent: string): void => { lines.push(`${indent}${numbers.get(node.id) ?? ''} [${attributes(node, lasts.has(node.id))}]`) }
  const drawNest = ({ group, nodes: inside, nests: inner }: Nest, indent: string): void => {
    lines.push(`${indent}subgraph cluster_${groups++} {`, `${indent}  label=${quoted([groupText(group)])}; fontname="sans-serif"; fontsize=10; style=rounded`)
    for (const node of inside) draw(node, `${indent}  `)
    for (const nest of inner) drawNest(nest, `${indent}  `)
    lines.push(`${indent}}`)
  }
  for (const node of nodes) draw(node, '  ')
  for (const nest of nests) drawNest(nest, '  ')
  for (const { from, to, text } of jointsOf(graph, numbers)) lines.push(`  ${from} -> ${to}${text === '' ? '' : ` [label=${quoted([text])}]`}`)
  return `${[...lines, '}'].join('\n')}\n`
}

function attributes(node: StageNode, isLast: boolean): string {
  const label = quoted([nameText(node.name), ...factsOf(node, isLast)])
  return `label=${label}, shape=${SHAPES[node.kind]}${node.isKnown ? '' : ', style=dashed'}`
}

/** Graphviz reads HTML entities in a text, too. */
function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(/[\\"]/g, String.raw`\$&`).replaceAll('&', '&amp;')).join(String.raw`\n`)}"`
}
