import type { GraphEdge } from '../contract/graph'
import type { Pipeline } from '../contract/run'
import type { Openable } from '../contract/source'
import { coded } from '../foreign/coded'
import { describeValue } from '../foreign/describe-value'
import { usesOf, type PartUse } from '../copies/parts'
import type { About, Told } from '../options/about'
import type { Traits } from '../options/traits'
import type { Site } from '../site/site'

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
  /** Where it was built, as `file:line:column`; null where that is not known. */
  readonly site: string | null
  /** What it does to values; undefined where that is unknown. */
  readonly traits: Traits | undefined
  /** It works in one loop with the neighbours that do, too. */
  readonly isStep: boolean
  /** Queues, topics and limits outside the pipeline that it reads, fills or waits for. */
  readonly parts: readonly PartUse[]
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
const PLAIN: Traits = { tickets: 'kept', order: 'kept', drops: 'nothing', holds: 0, opens: 0 }

/**
 * Describes a pipeline, or a source with the operators behind it, before anything runs: so that it can be drawn, and judged.
 * Runs no user code.
 *
 * A source that several stages read is described once, with an edge to each of them. What is opened in the middle of a run, such as the inner
 * sources of `mergeMap`, is not part of it. An operator by hand that declares nothing is described as unknown; see `declare`
 * and `described` of `@sluice/core/authoring`.
 *
 * @param pipeline what `to(sink)` answered, or a source.
 * @throws TypeError where it is neither.
 *
 * @example
 * ```ts
 * const { stages, drops, holds } = describePipeline(from(orders).pipe(map(parse), buffer(16, { overflow: 'drop-oldest' })).to(drain()))
 * stages.map(({ name }) => name) // ['from', 'map', 'buffer', 'drain']
 * drops // ['buffer']
 * holds // 16
 * ```
 */
export function describePipeline(pipeline: Pipeline<unknown> | Openable<unknown>): PipelineDescription {
  return descriptionOf(pipeline, 'describePipeline')
}

/** As `describePipeline`, for `owner`, which is what an error names. */
export function descriptionOf(pipeline: object, owner: string): PipelineDescription {
  if (!isDescribable(pipeline)) {
    throw coded('SLUICE_ARGUMENT', new TypeError(`${owner}: expected a pipeline or a source, got ${describeValue(pipeline)}`))
  }
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
  readonly site: Site | null | undefined
  readonly isStep: boolean
  readonly inputs: readonly object[]
}

/** Whatever may stand in a pipeline: what the parts of it that are there mean is told by their names. */
interface Anything extends Told {
  readonly link?: { readonly name: string; readonly upstream: object; readonly isStep: boolean } | undefined
  readonly source?: object
  readonly sink?: object & Told & { readonly name?: string | undefined }
  readonly told?: Told
}

/** From JavaScript anything may be given, such as an operator. */
function isDescribable(given: unknown): boolean {
  return typeof given === 'object' && given !== null && ('open' in given || ('source' in given && 'sink' in given))
}

function nodeOf(self: object): Node {
  const { about, site, link, source, sink, told }: Anything = self
  // A pipeline: its sink, fed by its source. Each pipeline has a sink of its own, also where one sink ends several.
  if (source && sink) return { self, kind: 'sink', about: sink.about ?? { name: sink.name ?? 'sink' }, site: told?.site ?? sink.site, isStep: false, inputs: [source] }
  const known = about ?? (link && { name: link.name, inputs: [link.upstream] })
  const inputs = (known?.inputs ?? []) as readonly object[]
  return { self, kind: inputs.length > 0 ? 'operator' : 'source', about: known, site, isStep: link?.isStep === true, inputs }
}

function describeStage({ kind, about, site, isStep }: Node, names: Map<string, number>): StageDescription {
  const { name = kind, declaration, given = {} } = about ?? {}
  const count = (names.get(name) ?? 0) + 1
  names.set(name, count)
  const options = Object.fromEntries(Object.entries(given).filter(([option, value]) => option !== 'name' && value !== undefined))
  const traits = traitsOf(declaration, given)
  return { id: count > 1 ? `${name}#${count}` : name, name, kind, madeBy: declaration?.owner, options, site: site?.text ?? null, traits, isStep, parts: usesOf(about) }
}

/** What a declaration tells of a stage that was given so much; undefined where it tells nothing. */
export function traitsOf(declaration: About['declaration'], given: About['given'] = {}): Traits | undefined {
  const told = declaration?.traits
  return told && { ...PLAIN, ...(typeof told === 'function' ? told(given as never) : told) }
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
