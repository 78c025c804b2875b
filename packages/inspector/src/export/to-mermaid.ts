import type { StageGraph, StageNode } from '@sluice/core'
import { directionOf, type DrawOptions } from './direction'
import { nested, type Nest } from './group-tree'
import { factsOf, groupText, jointsOf, lastOf, nameText, numbersOf } from './labels'

/** Letters that mean something to Mermaid, Markdown or HTML; dots, dashes and slashes do not inside a word, and a colon does not at the end of one. */
const MEANINGFUL = /(?:(?<![\p{L}\p{N}])[._/-]|[._/-](?![\p{L}\p{N}])|:(?! )|[^\p{L}\p{N} ,:›×…._/-])/gu

/**
 * A graph as a Mermaid flowchart, as GitHub, GitLab and most wikis draw it. Groups are subgraphs, what is unknown is dashed, and an edge
 * tells what may wait there.
 *
 * @param graph what `graphOf` answered, of a pipeline or a run.
 * @param options see {@link DrawOptions}.
 * @returns text that ends in a newline. Names of the program are text in it, whatever is in them; at most 80 letters of each are shown.
 * @throws OptionError for an option that is not allowed, or unknown.
 *
 * @example
 * ```ts
 * import { drain, from, graphOf, mapAsync } from 'sluice'
 * import { toMermaid } from '@sluice/inspector'
 *
 * console.log(toMermaid(graphOf(from([1]).pipe(mapAsync(async (n) => n, { concurrency: 8 })).to(drain()))))
 * ```
 */
export function toMermaid(graph: StageGraph, options?: DrawOptions): string {
  const direction = directionOf('toMermaid', options)
  const numbers = numbersOf(graph)
  const lasts = lastOf(graph)
  const { nodes, nests } = nested(graph)
  const lines = [`flowchart ${direction}`]
  let groups = 0
  const draw = (node: StageNode, indent: string): void => { lines.push(`${indent}${numbers.get(node.id) ?? ''}${shape(node, lasts.has(node.id))}`) }
  const drawNest = ({ group, nodes: inside, nests: inner }: Nest, indent: string): void => {
    lines.push(`${indent}subgraph g${groups++}[${quoted([groupText(group)])}]`)
    for (const node of inside) draw(node, `${indent}  `)
    for (const nest of inner) drawNest(nest, `${indent}  `)
    lines.push(`${indent}end`)
  }
  for (const node of nodes) draw(node, '  ')
  for (const nest of nests) drawNest(nest, '  ')
  for (const { from, to, text } of jointsOf(graph, numbers)) lines.push(`  ${from} -->${text === '' ? '' : `|${quoted([text])}|`} ${to}`)
  const unknown = graph.nodes.filter(({ isKnown }) => !isKnown).map(({ id }) => numbers.get(id))
  if (unknown.length > 0) lines.push('  classDef unknown stroke-dasharray:5 4', `  class ${unknown.join(',')} unknown`)
  return `${lines.join('\n')}\n`
}

function shape(node: StageNode, isLast: boolean): string {
  const label = quoted([nameText(node.name), ...factsOf(node, isLast)])
  return node.kind === 'source' ? `([${label}])` : node.kind === 'sink' ? `[[${label}]]` : `[${label}]`
}

function quoted(lines: readonly string[]): string {
  return `"${lines.map((line) => line.replace(MEANINGFUL, (letter) => `#${letter.codePointAt(0) ?? 63};`)).join('<br/>')}"`
}
