import { LawViolation } from '../../probe/assert'
import type { LawCase } from '../law-case'
import { drafts, type Draft } from './draft'
import type { CompositionEntry } from './entry'
import type { FastCheck } from './fast-check'
import { play, type PlayOptions } from './play'
import { COMPOSED_SHAPES } from './shaped'

/** Options of {@link compositionLaw}. */
export interface CompositionLawOptions extends PlayOptions {
  /** The operators that take part. Those of Sluice: `entries` of `@sluice/operators/laws`. */
  readonly entries: readonly CompositionEntry[]
  /** fast-check, version 4: `import fc from 'fast-check'`. */
  readonly fc: FastCheck
  /** How many pipelines in all, 1 or more. Default 1000. */
  readonly pipelines?: number | undefined
  /** Where drawing starts; the same seed, the same pipelines. Default 1. */
  readonly seed?: number | undefined
  /** How many cases they are divided into, each with a seed of its own. Default 10. */
  readonly cases?: number | undefined
  /** Operators in a row, at most. Default 8. */
  readonly maxStages?: number | undefined
  /** Values of most sources, at most. Default 24. */
  readonly maxValues?: number | undefined
}

/**
 * The law of wholes: random pipelines of 1 to 8 operators do what their references on arrays do, under every shape of
 * source, demand, schedule and ending. Time is virtual.
 *
 * Every joint records what passes. Each operator is checked against its reference applied to what was recorded before it;
 * upstream is closed once, and every run ends. A pipeline that fails is shrunk, and printed as code to paste.
 *
 * @example
 * ```ts
 * import fc from 'fast-check'
 * import { entries } from '@sluice/operators/laws'
 *
 * for (const { name, run } of compositionLaw({ entries: [...entries, mine], fc, pipelines: 2000 })) it(name, run)
 * ```
 */
export function compositionLaw(options: CompositionLawOptions): LawCase[] {
  const { pipelines = 1000, seed = 1, cases = 10 } = options
  const each = Math.ceil(pipelines / cases)
  return Array.from({ length: cases }, (_, index) => ({
    law: 'W1',
    name: `W1: ${each} compositions, seed ${seed + index}`,
    run: async () => {
      const found = await findViolation(options, each, seed + index)
      if (found) throw new LawViolation(found.message)
    },
  }))
}

/** A pipeline that breaks a law, as small as it could be made. */
export interface FoundViolation {
  readonly message: string
  readonly draft: Draft
  readonly code: string
  /** How many were played before it, itself included. */
  readonly played: number
}

/** Draws `pipelines` compositions from `seed` on, and answers the smallest form of the first that breaks a law. */
export async function findViolation(options: CompositionLawOptions, pipelines: number, seed: number): Promise<FoundViolation | undefined> {
  const { fc, entries, maxStages = 8, maxValues = 24 } = options
  const all = drafts(fc, entries.length, COMPOSED_SHAPES.length, { maxStages, maxValues })
  const property = fc.asyncProperty(all, async (draft) => {
    const { violation } = await play(draft, entries, options)
    if (violation) throw violation
  })
  const { failed, counterexample, numRuns, numShrinks } = await fc.check(property, { seed, numRuns: pipelines })
  if (!failed || counterexample === null) return undefined
  const draft = counterexample[0] as Draft
  const { code, violation } = await play(draft, entries, options)
  const message = violation?.message ?? 'not broken when played again: it leans on chance'
  return { draft, code: code(), played: numRuns, message: `${message}\n\n${code()}\n// Seed ${seed}, shrunk ${numShrinks} times. With its joints: play(${JSON.stringify(draft)}, entries)` }
}
