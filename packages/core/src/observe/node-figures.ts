import type { Traits } from '../options/traits'
import { finite } from './queue'
import type { StageNode } from './stage-graph'

type Options = Readonly<Record<string, unknown>>

/** What a stage may do at once and hold back, as its options and traits tell it. */
export function figuresOf(options: Options, traits: Traits | undefined): Pick<StageNode, 'concurrency' | 'threads' | 'queue'> {
  const threads = numberIn(options['threads'])
  const concurrency = callsOf(options) ?? (traits && traits.opens > 0 ? traits.opens : threads)
  const capacity = numberIn(options['capacity'])
  const overflow = typeof options['overflow'] === 'string' ? options['overflow'] : null
  const holds = traits?.holds ?? 0
  const queue = capacity === null && holds === 0 ? null : { size: null, capacity: finite(capacity ?? holds), overflow }
  return { concurrency, threads, queue }
}

/** The `concurrency` that was asked for: a number, or `{ max }`. */
export function callsOf({ concurrency }: Options): number | null {
  const { max } = (concurrency ?? {}) as { readonly max?: unknown }
  return numberIn(concurrency) ?? numberIn(max)
}

function numberIn(value: unknown): number | null {
  return typeof value === 'number' ? value : null
}
