import type { Pipeline, Source } from '@sluice/core'
import type { Openable } from '@sluice/core/authoring'

/** A pipeline, or a source with the operators behind it, by the name that it was found under. */
export interface Found {
  readonly name: string
  readonly flow: Pipeline<unknown> | Openable<unknown>
}

/** The pipelines that a module exports; where there are none, its sources. */
export function exportedFlows(module: Readonly<Record<string, unknown>>): Found[] {
  const flows = Object.entries(module).flatMap(([name, flow]) => (typeof flow === 'object' && flow !== null ? [{ name, flow }] : []))
  const pipelines = flows.flatMap(({ name, flow }) => (isPipeline(flow) ? [{ name, flow }] : []))
  return pipelines.length > 0 ? pipelines : flows.flatMap(({ name, flow }) => (isSource(flow) ? [{ name, flow }] : []))
}

function isPipeline(flow: object): flow is Pipeline<unknown> {
  return 'source' in flow && 'sink' in flow && typeof (flow as Partial<Pipeline<unknown>>).run === 'function'
}

function isSource(flow: object): flow is Source<unknown> {
  return typeof (flow as Partial<Source<unknown>>).pipe === 'function' && 'open' in flow
}
