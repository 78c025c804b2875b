import type { GraphEdge } from '../contract/stats'
import type { About, Told } from '../options/about'
import type { Traits } from '../options/traits'

/** What is known of one stage before it runs. */
export interface StageDescription {
  /** Unique in the description: the name, and a number where several stages have it. */
  readonly id: string
  /** As it will be shown in failures, stats and the graph. */
  readonly name: string
  readonly kind: 'source' | 'operator' | 'sink'
  /** What it was made by, as in `'mapAsync'`; undefined for a stage that declares nothing. */
  readonly madeBy: string | undefined
  /** The options it was given, and the defaults of the others. */
  readonly options: Readonly<Record<string, unknown>>
  /** What it does to values; undefined where that is unknown. */
  readonly traits: Traits | undefined
}

/** A pipeline before it runs: its stages, who feeds whom, and what that comes to. */
export interface PipelineDescription {
  /** Each stage after those that feed it. */
  readonly stages: readonly StageDescription[]
  /** Who feeds whom, by their ids. */
  readonly edges: readonly GraphEdge[]
  /** The ids of the stages of which nothing is known. */
  readonly unknown: readonly string[]
  /** The ids of the stages that drop values because of when they come: a full buffer, a time that is over. */
  readonly drops: readonly string[]
  /** The ids of the stages that put values into another order. */
  readonly reorders: readonly string[]
  /** The ids of the stages at which tickets end. */
  readonly endsTickets: readonly string[]
  /** The most values that are held back at once, all stages together; undefined where some stage is unknown. */
  readonly holds: number | undefined
}

/** Each trait where nothing else is declared. */
const PLAIN: Traits = { tickets: 'kept', order: 'kept', drops: 'nothing', holds: 0 }

/**
 * Describes a pipeline, or a source with the operators behind it, before anything runs: so that it can be drawn, and judged.
 * Runs no user code.
 *
 * A source that several stages read is described once, with an edge to each of them. What is opened in the middle of a run, such as the inner
 * sources of `mergeMap`, is not part of it. An operator by hand that declares nothing is described as unknown; see `declare`
 * and `described` of `@sluice/core/authoring`.
 *
 * @param pipeline what `to(sink)` answered, or a source.
 *
 * @example
 * ```ts
 * const { stages, drops, holds } = describePipeline(from(orders).pipe(map(parse), buffer(16, { overflow: 'drop-oldest' })).to(drain()))
 * stages.map(({ name }) => name) // ['from', 'map', 'buffer', 'drain']
 * drops // ['buffer']
 * holds // 16
 * ```
 */
export function describePipeline(pipeline: object): PipelineDescription {
  const described = new Map<object, StageDescription>()
  const edges: GraphEdge[] = []
  const names = new Map<string, number>()
  const add = (node: Node): void => {
    const stage = describeStage(node, names)
    described.set(node.self, stage)
    for (const input of node.inputs) {
      const from = described.get(input)
      // A pipeline inside a stage ends there: it feeds nobody.
      if (from && from.kind !== 'sink') edges.push({ from: from.id, to: stage.id })
    }
  }
  // Without recursion: of stages there may be thousands behind one another.
  const open: { readonly node: Node; next: number }[] = [{ node: nodeOf(pipeline), next: 0 }]
  const begun = new Set<object>([pipeline])
  for (let top = open.at(-1); top; top = open.at(-1)) {
    const input = top.node.inputs[top.next++]
    if (input === undefined) {
      add(top.node)
      open.pop()
      for (const side of (top.node.about?.sides ?? []) as readonly object[]) {
        begun.add(side)
        open.push({ node: nodeOf(side), next: 0 })
      }
    } else if (!begun.has(input)) {
      begun.add(input)
      open.push({ node: nodeOf(input), next: 0 })
    }
  }
  return { ...judge([...described.values()]), edges }
}

interface Node {
  readonly self: object
  readonly kind: StageDescription['kind']
  readonly about: About | undefined
  readonly inputs: readonly object[]
}

/** Whatever may stand in a pipeline: what the parts of it that are there mean is told by their names. */
interface Anything extends Told {
  readonly link?: { readonly name: string; readonly upstream: object } | undefined
  readonly source?: object
  readonly sink?: object & Told & { readonly name?: string | undefined }
}

function nodeOf(self: object): Node {
  const { about, link, source, sink }: Anything = self
  // A pipeline: its sink, fed by its source. Each pipeline has a sink of its own, also where one sink ends several.
  if (source && sink) return { self, kind: 'sink', about: sink.about ?? { name: sink.name ?? 'sink' }, inputs: [source] }
  const known = about ?? (link && { name: link.name, inputs: [link.upstream] })
  const inputs = (known?.inputs ?? []) as readonly object[]
  return { self, kind: inputs.length > 0 ? 'operator' : 'source', about: known, inputs }
}

function describeStage({ kind, about }: Node, names: Map<string, number>): StageDescription {
  const { name = kind, declaration, given = {} } = about ?? {}
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  const options = Object.fromEntries(Object.entries(given).filter(([option, value]) => option !== 'name' && value !== undefined))
  const told = declaration?.traits
  const traits = told && { ...PLAIN, ...(typeof told === 'function' ? told(given as never) : told) }
  return { id: count > 1 ? `${name}#${count}` : name, name, kind, madeBy: declaration?.owner, options, traits }
}

function judge(stages: readonly StageDescription[]): Omit<PipelineDescription, 'edges'> {
  const idsOf = (test: (traits: Traits | undefined) => unknown): string[] => stages.filter(({ traits }) => test(traits)).map(({ id }) => id)
  const unknown = idsOf((traits) => !traits)
  return {
    stages,
    unknown,
    drops: idsOf((traits) => traits?.drops === 'surplus'),
    reorders: idsOf((traits) => traits?.order === 'changed'),
    endsTickets: idsOf((traits) => traits?.tickets === 'ended'),
    holds: unknown.length > 0 ? undefined : stages.reduce((sum, { traits }) => sum + (traits?.holds ?? 0), 0),
  }
}
