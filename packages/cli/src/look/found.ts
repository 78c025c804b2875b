import type { Pipeline, Source } from '@sluice/core'

/** A pipeline, or a source with the operators behind it, by the name that it was found under. */
export interface Found {
  readonly name: string
  readonly flow: object
}

/** The pipelines that a module exports; where there are none, its sources. */
export function exportedFlows(module: Readonly<Record<string, unknown>>): Found[] {
  const flows = Object.entries(module).flatMap(([name, flow]) => (typeof flow === 'object' && flow !== null ? [{ name, flow }] : []))
  const pipelines = flows.filter(({ flow }) => isPipeline(flow))
  return pipelines.length > 0 ? pipelines : flows.filter(({ flow }) => isSource(flow))
}

function isPipeline(flow: object): flow is Pipeline<unknown> {
  return 'source' in flow && 'sink' in flow && typeof (flow as Partial<Pipeline<unknown>>).run === 'function'
}

function isSource(flow: object): flow is Source<unknown> {
  return typeof (flow as Partial<Source<unknown>>).pipe === 'function' && 'open' in flow
}
