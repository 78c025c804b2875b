import { LawViolation } from '../../probe/assert'
import { compareWhole, comparePart, subsequence } from './compare'
import type { CompositionUse, Inside } from './entry'
import { emptyPassage, type Passage } from './passage'

/** A stretch of a pipeline between two joints: one use, or several plain ones that the kernel may fuse. */
export interface Stretch {
  readonly uses: readonly CompositionUse[]
  readonly input: readonly Passage[]
  readonly output: readonly Passage[]
  /** The inside of the first use at one of its openings; undefined where that cannot be told apart. */
  readonly insideAt: (opening: number, openings: number) => Inside | undefined
}

/** Throws a LawViolation where what came out of a stretch is not what its reference makes of what went in. */
export function judge(stretch: Stretch): void {
  const { uses, input, output } = stretch
  const use = uses.length === 1 ? uses[0] as CompositionUse : chained(uses)
  const what = uses.map(({ code }) => code).join(', ')
  for (const [index, out] of output.entries()) {
    const inside = stretch.insideAt(index, output.length)
    if (inside) judgePassage(use, use.reopens === true ? joined(input) : input[index] ?? emptyPassage(), out, inside, what)
  }
  const { branchInputs } = use
  const inside = stretch.insideAt(0, output.length)
  const [taken = emptyPassage()] = input
  if (branchInputs && inside) {
    for (const [branch, heads] of inside.heads.entries()) {
      const expected = heads.length > 0 ? branchInputs(branch, taken.values, inside) : []
      for (const [opening, head] of heads.entries()) {
        const wanted = expected[opening] ?? []
        const title = `${what}: what went into branch ${branch}${heads.length > 1 ? `, opened for the ${opening + 1}. time` : ''}`
        if (head.end === 'done') compareWhole(head.values, wanted, {}, title)
        else comparePart(head.values, wanted, {}, title)
      }
    }
  }
}

function judgePassage(use: CompositionUse, input: Passage, output: Passage, inside: Inside, what: string): void {
  const { values } = input
  const { reference, uponFailure = reference, uponStop = reference, recovers, order = 'exact' } = use
  const title = `${what}: the outputs for [${values.slice(0, 80).join(', ')}]`
  const whole = (expected: readonly number[]): void => {
    compareWhole(output.values, expected, use, title)
    if (order === 'subset' && use.atLeast) subsequence(use.atLeast(values, inside), output.values, `${title}, what may not be missing`)
  }
  const recovered = recovers?.(values, inside)
  if (output.end === 'done') {
    if (input.end === 'failed') {
      if (!recovered) throw new LawViolation(`${what}: completed though its source had failed`)
      whole(recovered)
    } else if (input.end === 'done' || output.stopped) {
      // A stop may close a source that was at rest: nothing is lost that was read.
      whole((output.stopped ? uponStop : reference)(values, inside))
    } else {
      if (!use.ends?.(values, inside)) throw new LawViolation(`${what}: ended before its source had; after [${values.join(', ')}]`)
      whole(reference(values, inside))
    }
  } else if (output.end === 'failed') {
    if (input.end !== 'failed' || input.error !== output.error) throw new LawViolation(`${what}: failed by itself: ${text(output.error)}`)
    compareWhole(output.values, uponFailure(values, inside), use, `${title}, before the failure`)
  } else {
    const others = [uponFailure, uponStop].filter((each) => each !== reference)
    partOfAny(output.values, [reference(values, inside), recovered, ...others.map((each) => each(values, inside))], use, title)
  }
}

/** Outputs that were cut off begin as one of the references does, whatever its source would have come to. */
function partOfAny(actual: readonly number[], candidates: readonly (readonly number[] | undefined)[], use: CompositionUse, what: string): void {
  let first: unknown
  for (const expected of candidates) {
    if (expected === undefined) continue
    try {
      comparePart(actual, expected, use, what)
      return
    } catch (violation) {
      first ??= violation
    }
  }
  throw first
}

/** Plain uses one after the other, as one. */
function chained(uses: readonly CompositionUse[]): CompositionUse {
  const through = (which: 'reference' | 'uponFailure' | 'uponStop') => (values: readonly number[], inside: Inside): readonly number[] =>
    uses.reduce<readonly number[]>((passed, use) => (use[which] ?? use.reference)(passed, inside), values)
  return {
    code: '', make: () => { throw new Error('a chain is judged, not made') },
    reference: through('reference'), uponFailure: through('uponFailure'), uponStop: through('uponStop'),
  }
}

/** All openings of a source that was opened again: their values one after the other, and the end of the last. */
function joined(passages: readonly Passage[]): Passage {
  const last = passages.at(-1)
  return last ? { ...last, values: passages.flatMap(({ values }) => values) } : emptyPassage()
}

const text = (error: unknown): string => (error instanceof Error ? error.stack ?? error.message : String(error))
