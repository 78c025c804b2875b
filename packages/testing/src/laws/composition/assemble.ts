import { defer, using, type Operator, type Source } from '@sluice/core'
import type { Draft, InnerDraft, OtherDraft, StageDraft } from './draft'
import type { Choose, CompositionEntry, CompositionText, CompositionUse, CompositionWorld, Inside } from './entry'
import type { Stretch } from './judge'
import { joint, type JointOptions, type Passage } from './passage'
import { COMPOSED_SHAPES, shaped } from './shaped'
import type { World } from './world'

/** A pipeline that was made of a draft, up to its last joint. */
export interface Assembly {
  readonly source: Source<number>
  /** The source text of the source and of each operator and joint of the top level. */
  readonly sourceText: string
  readonly texts: readonly string[]
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>
  /** What passed the joints of the top level. */
  readonly joints: readonly Passage[][]
  /** All that is to be judged, branches included. */
  readonly stretches: readonly Stretch[]
  /** All joints there are, further sources and branches included. */
  readonly passages: readonly Passage[][]
  /** Somewhere a source is read that goes on for ever. */
  readonly live: boolean
}

/** What is put between the source and its first joint, or into a joint. */
export interface Fittings {
  readonly first: { readonly operator: Operator<number, number>; readonly text: string } | undefined
  /** What the joints of branches and further sources do. */
  readonly inner: JointOptions
  /** What the joint of this index does besides recording; the index of the last is not known before. */
  readonly jointAt: (index: number, last: boolean) => { readonly options: JointOptions; readonly text: string | undefined }
}

/** Values that a pipeline may come to hold at once; stages that would make more are left out. */
const MANY_VALUES = 600
const MANY_INNER_VALUES = 12

/** Makes the pipeline of a draft. */
export function assemble(draft: Draft, entries: readonly CompositionEntry[], world: World, fittings: Fittings): Assembly {
  return new Assembler(entries, world, fittings).assemble(draft)
}

interface Chosen { readonly draft: StageDraft; readonly use: CompositionUse; readonly parts: Parts }

interface OtherPart {
  readonly make: (values?: readonly number[]) => Source<number>
  readonly text: (values?: string) => string
  readonly passages: readonly Passage[]
}

interface BranchPart {
  readonly operator: Operator<number, number>
  readonly text: string
  /** What went in and out, by application. */
  readonly heads: readonly (readonly Passage[])[]
  readonly tails: readonly (readonly Passage[])[]
}

class Assembler {
  readonly #stretches: Stretch[] = []
  readonly #passages: Passage[][] = []
  #live = false
  readonly #imports = new Map<string, Set<string>>()

  constructor(readonly entries: readonly CompositionEntry[], readonly world: World, readonly fittings: Fittings) {}

  assemble([source, stages]: Draft): Assembly {
    const chosen = this.#choose(stages, source[2].length + many(source[3]))
    const started = this.#source(source)
    const joints: Passage[][] = []
    const texts: string[] = []
    let end = started.source
    const addJoint = (last: boolean): void => {
      const passages = this.recorded()
      const { options, text } = this.fittings.jointAt(joints.length, last)
      end = end.pipe(joint(passages, options))
      if (text !== undefined) texts.push(text)
      joints.push(passages)
    }
    const { first } = this.fittings
    if (first) {
      end = end.pipe(first.operator)
      texts.push(first.text)
    }
    addJoint(chosen.length === 0)
    let stretch: CompositionUse[] = []
    for (const [index, { use, parts }] of chosen.entries()) {
      end = end.pipe(use.make(parts))
      texts.push(use.code)
      stretch.push(use)
      const next = chosen[index + 1]
      if (next && next.draft[4] === 1 && use.plain === true && next.use.plain === true) continue
      addJoint(next === undefined)
      this.#stretches.push({ uses: stretch, input: joints.at(-2) ?? [], output: joints.at(-1) ?? [], insideAt: (opening, openings) => parts.insideAt(opening, openings) })
      stretch = []
    }
    return {
      source: end, sourceText: started.text, texts, imports: this.#imports, joints,
      stretches: this.#stretches, passages: this.#passages, live: this.#live,
    }
  }

  recorded(): Passage[] {
    const passages: Passage[] = []
    this.#passages.push(passages)
    return passages
  }

  other(draft: OtherDraft | undefined, index: number): OtherPart {
    const [shape = 0, count = 2] = draft ?? []
    const { name = '' } = COMPOSED_SHAPES[shape] ?? {}
    const values = Array.from({ length: count }, (_, i) => 100 * (index + 1) + i)
    const passages = this.recorded()
    return {
      make: (given = values) => shaped(name, given).pipe(joint(passages, this.fittings.inner)),
      text: (given = `[${values.join(', ')}]`) => `shaped('${name}', ${given})`, passages,
    }
  }

  /** An operator of several. Each source it is applied to gets operators and records of its own. */
  branch(drafts: readonly InnerDraft[]): BranchPart {
    const part = { heads: [] as Passage[][], tails: [] as Passage[][] }
    const operator = (source: Source<number>): Source<number> => {
      let input = this.recorded()
      part.heads.push(input)
      let end = source.pipe(joint(input, this.fittings.inner))
      for (const { use, parts } of this.#innerUses(drafts)) {
        const output = this.recorded()
        end = end.pipe(use.make(parts), joint(output, this.fittings.inner))
        this.#stretches.push({ uses: [use], input, output, insideAt: (opening, openings) => parts.insideAt(opening, openings) })
        input = output
      }
      part.tails.push(input)
      return end
    }
    const texts = this.#innerUses(drafts).map(({ use }) => (this.#note(use), use.code))
    return { ...part, operator, text: texts.length === 0 ? '(source) => source' : `(source) => source.pipe(${texts.join(', ')})` }
  }

  #innerUses(drafts: readonly InnerDraft[]): { readonly use: CompositionUse; readonly parts: Parts }[] {
    let size = 1
    const uses: { readonly use: CompositionUse; readonly parts: Parts }[] = []
    for (const [entry, first, second] of drafts) {
      const parts = new Parts(this, [], [])
      const use = this.#use(entry, [first, second], parts)
      if (use.reopens === true || use.once === true || (size *= use.growth ?? 1) > MANY_INNER_VALUES) break
      uses.push({ use, parts })
    }
    return uses
  }

  #choose(stages: readonly StageDraft[], values: number): Chosen[] {
    let size = values + 8
    let once = false
    const chosen: Chosen[] = []
    for (const draft of stages) {
      const parts = new Parts(this, draft[5], draft[6])
      const use = this.#use(draft[0], [draft[1], draft[2], draft[3]], parts)
      const grown = size * (use.growth ?? 1)
      if (grown > MANY_VALUES && grown > size) continue
      if (use.reopens === true && once) continue
      once ||= use.reopens === true || use.once === true
      size = grown
      this.#note(use)
      chosen.push({ draft, use, parts })
    }
    return chosen
  }

  #use(entry: number, choices: readonly number[], parts: Parts): CompositionUse {
    let next = 0
    const choose: Choose = (count) => (choices[next++] ?? 0) % count
    return (this.entries[entry % this.entries.length] as CompositionEntry).use(choose, parts.text)
  }

  /** What a use that is taken up brings along. */
  #note({ imports = {}, live }: CompositionUse): void {
    this.#live ||= live === true
    for (const [module, names] of Object.entries(imports)) {
      const known = this.#imports.get(module) ?? new Set()
      for (const name of names) known.add(name)
      this.#imports.set(module, known)
    }
  }

  #source([shape, wrapped, values, more]: Draft[0]): { readonly source: Source<number>; readonly text: string } {
    const { name = '' } = COMPOSED_SHAPES[shape] ?? {}
    const all = [...values, ...Array.from({ length: many(more) }, (_, i) => 64 + i)]
    const source = shaped(name, all)
    const text = `shaped('${name}', [${all.join(', ')}])`
    if (wrapped === 4) return { source: defer(() => source), text: `defer(() => ${text})` }
    if (wrapped === 5) return { source: using(() => 0, () => source, () => {}), text: `using(() => 0, () => ${text}, () => {})` }
    return { source, text }
  }
}

/** One draw in ten has many values: batches of more than one scheduler's batch. */
const many = (more: number): number => (more === 9 ? 150 : 0)

/** The drawn parts of one use. Made when they are asked for, because most uses have none. */
class Parts implements CompositionWorld, Inside {
  readonly #assembler: Assembler
  readonly #otherDrafts: readonly OtherDraft[]
  readonly #branchDrafts: readonly (readonly InnerDraft[])[]
  readonly #others: OtherPart[] = []
  readonly #branches: BranchPart[] = []

  readonly text: CompositionText = {
    other: (index, values) => this.#other(index).text(values),
    branch: (index) => this.#branch(index).text,
  }
  readonly other: CompositionWorld['other'] = (index, values) => this.#other(index).make(values)
  readonly branch: CompositionWorld['branch'] = (index) => this.#branch(index).operator

  constructor(assembler: Assembler, others: readonly OtherDraft[], branches: readonly (readonly InnerDraft[])[]) {
    this.#assembler = assembler
    this.#otherDrafts = others
    this.#branchDrafts = branches
  }

  get clock(): World['clock'] {
    return this.#assembler.world.clock
  }

  get others(): Passage[] {
    return this.#others.map(({ passages }) => passages[0] ?? NOTHING)
  }

  get heads(): (readonly Passage[])[] {
    return this.#branches.map(({ heads }) => heads.flat())
  }

  get tails(): (readonly Passage[])[] {
    return this.#branches.map(({ tails }) => tails.flat())
  }

  /** What belongs to one opening of a stage that was opened several times; undefined where that cannot be told. */
  insideAt(opening: number, openings: number): Inside | undefined {
    if (openings === 1) return this
    if (this.#branches.length > 0 || this.#others.some(({ passages }) => passages.length !== openings)) return undefined
    return { others: this.#others.map(({ passages }) => passages[opening] ?? NOTHING), heads: [], tails: [] }
  }

  #other(index: number): OtherPart {
    return (this.#others[index] ??= this.#assembler.other(this.#otherDrafts[index], index))
  }

  #branch(index: number): BranchPart {
    return (this.#branches[index] ??= this.#assembler.branch(this.#branchDrafts[index] ?? []))
  }
}

const NOTHING: Passage = { values: [], end: 'cut', stopped: false, error: undefined, pulls: 0, closes: 1 }
