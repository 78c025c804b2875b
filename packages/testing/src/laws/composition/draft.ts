import type { Arbitrary, FastCheck } from './fast-check'

/** An operator of a branch: which entry, and what it chooses. */
export type InnerDraft = readonly [entry: number, first: number, second: number]

/** A further source: which shape, how many values. */
export type OtherDraft = readonly [shape: number, count: number]

/** A stage of a pipeline: which entry, what it chooses, whether it is fused to the stage before it, its parts. */
export type StageDraft = readonly [
  entry: number, first: number, second: number, third: number, fused: number,
  others: OtherDraft[], branches: InnerDraft[][],
]

/** A pipeline before it is made, as plain numbers: drawn, shrunk and printed. Small numbers are the plain choices. */
export type Draft = readonly [source: SourceDraft, stages: StageDraft[], ending: EndingDraft, schedule: ScheduleDraft, sink: SinkDraft]

/** Which shape, how it is wrapped (plain, defer, using), and the values; `many` is a count of further values. */
export type SourceDraft = readonly [shape: number, wrapped: number, values: number[], many: number]

/** What ends it, at which joint, after how many pulls or values, and where that is done: inside the pull, after a microtask, a macrotask or a timer. */
export type EndingDraft = readonly [kind: number, joint: number, after: number, where: number]

/** Which scheduler, its seed, and whether joints leave rubbish behind a batch. */
export type ScheduleDraft = readonly [kind: number, seed: number, dirty: number]

/** How many values the sink asks for, and how long it takes for a batch. */
export type SinkDraft = readonly [demand: number, slow: number]

/** How large pipelines may get. */
export interface DraftSize {
  /** Operators in a row, 1 or more. */
  readonly maxStages: number
  /** Values of the source, leaving out one draw in ten that has many. */
  readonly maxValues: number
}

/** The arbitrary of all pipelines of so many entries and shapes. */
export function drafts(fc: FastCheck, entries: number, shapes: number, { maxStages, maxValues }: DraftSize): Arbitrary<Draft> {
  const upTo = (max: number): Arbitrary<number> => fc.integer({ min: 0, max })
  const list = <T>(each: Arbitrary<T>, minLength: number, maxLength: number): Arbitrary<T[]> => fc.array(each, { minLength, maxLength, size: 'max' })
  const choice = upTo(119)
  const inner = fc.tuple<[number, number, number]>(upTo(entries - 1), choice, choice)
  const other = fc.tuple<[number, number]>(upTo(shapes - 1), upTo(4))
  const stage = fc.tuple<[number, number, number, number, number, OtherDraft[], InnerDraft[][]]>(
    upTo(entries - 1), choice, choice, choice, upTo(1), list(other, 2, 2), list(list(inner, 0, 2), 2, 2),
  )
  return fc.tuple<[SourceDraft, StageDraft[], EndingDraft, ScheduleDraft, SinkDraft]>(
    fc.tuple<[number, number, number[], number]>(upTo(shapes - 1), upTo(5), list(upTo(63), 0, maxValues), upTo(9)),
    list(stage, 1, maxStages),
    fc.tuple<[number, number, number, number]>(upTo(11), upTo(maxStages), upTo(30), upTo(3)),
    fc.tuple<[number, number, number]>(upTo(5), upTo(65_535), upTo(1)),
    fc.tuple<[number, number]>(upTo(4), upTo(4)),
  )
}
