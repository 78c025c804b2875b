import { graphOf } from '@sluice/core'
import { toDot, toMermaid, toSvg } from '@sluice/inspector'
import type { Found } from './found'
import type { Format } from './job'

/** A pipeline as text of a format. */
export function pictureOf({ name, flow }: Found, format: Format): string {
  const graph = graphOf(flow)
  switch (format) {
    case 'json': return `${JSON.stringify(graph, undefined, 2)}\n`
    case 'dot': return toDot(graph)
    case 'mermaid': return toMermaid(graph)
    case 'svg': return toSvg(graph, { title: name })
  }
}
