import { explain } from '@sluice/core'
import { printable } from '@sluice/inspector'
import type { Found } from './found'

/** What `explain` says of a pipeline, as text for a terminal, and whether it warns. */
export function explained({ name, flow }: Found): { readonly text: string; readonly warns: boolean } {
  const { text, hazards } = explain(flow)
  const lines = text.split('\n').map((line) => `${/^ */.exec(line)?.[0] ?? ''}${printable(line, 1000)}`)
  return { text: `${printable(name, 80)}\n${lines.join('\n')}\n`, warns: hazards.length > 0 }
}
