import type { Operator, Source } from '@sluice/core'
import type { VirtualClock } from '../../time/virtual-clock'
import type { Passage } from './passage'

/**
 * One of `count` choices, 0 to `count - 1`, drawn for this use. Shrinking goes towards 0, so 0 should be the plainest
 * choice.
 */
export type Choose = (count: number) => number

/**
 * How outputs compare to those of the reference.
 *
 * - `exact`: the same values in the same order.
 * - `unordered`: the same values, in any order.
 * - `perKey`: the same values; those of one key, by {@link CompositionUse.key}, in order.
 * - `subset`: some of the values, in order; {@link CompositionUse.atLeast} names those that may not be missing.
 */
export type CompositionOrder = 'exact' | 'unordered' | 'perKey' | 'subset'

/** What passed at the places inside a use: what its further sources answered, and what went in and out of its branches. */
export interface Inside {
  /** What the further sources have answered, by index. One that was not opened has answered nothing. */
  readonly others: readonly Passage[]
  /** What went into the branches, by index of the branch, then by the order in which they were opened. */
  readonly heads: readonly (readonly Passage[])[]
  /** What came out of the branches, likewise. */
  readonly tails: readonly (readonly Passage[])[]
}

/** The parts a use may be built of: the clock of the run, further sources and branches, all drawn with the use. */
export interface CompositionWorld {
  readonly clock: VirtualClock
  /**
   * A further source, of a drawn shape. At most two: index 0 and 1.
   *
   * @param values default: none to four whole numbers from `100 * (index + 1)` on.
   */
  readonly other: (index: number, values?: readonly number[]) => Source<number>
  /** A branch: no to two operators, drawn. At most two: index 0 and 1. What goes in and out is recorded. */
  readonly branch: (index: number) => Operator<number, number>
}

/** The source text of the parts, for {@link CompositionUse.code}. */
export interface CompositionText {
  /** A source, as `shaped('by twos', [100, 101])`; `values` is the source text of other values. */
  readonly other: (index: number, values?: string) => string
  /** A function `(source) => source.pipe(…)`, which is an operator as well. */
  readonly branch: (index: number) => string
}

/** One way to use an operator, as it was drawn. */
export interface CompositionUse {
  /** The source text of the operator, as it would stand in `pipe(…)`. It may name `clock`. */
  readonly code: string
  /** Names that the text needs, by module: `{ '@sluice/operators': ['map'] }`. */
  readonly imports?: Readonly<Record<string, readonly string[]>> | undefined
  /** Makes the operator. Called once for each pipeline; the operator may be opened several times. */
  readonly make: (world: CompositionWorld) => Operator<number, number>
  /** All outputs for a source with these values. Called with what was recorded before the operator. */
  readonly reference: (values: readonly number[], inside: Inside) => readonly number[]
  /** Default `exact`. */
  readonly order?: CompositionOrder | undefined
  /** With `perKey`: the key of an output. */
  readonly key?: ((value: number) => unknown) | undefined
  /** With `subset`: outputs that may not be missing when it has ended. Default: none. */
  readonly atLeast?: ((values: readonly number[], inside: Inside) => readonly number[]) | undefined
  /** For an operator that ends by itself: whether it may have, after these values. Default: never. */
  readonly ends?: ((values: readonly number[], inside: Inside) => boolean) | undefined
  /** All outputs for a source that failed after these values. Default: `reference`. */
  readonly uponFailure?: ((values: readonly number[], inside: Inside) => readonly number[]) | undefined
  /** All outputs for a source that was stopped after these values. Default: `reference`. */
  readonly uponStop?: ((values: readonly number[], inside: Inside) => readonly number[]) | undefined
  /**
   * For an operator that makes something of the failure: all its outputs; it completes then. Undefined where it does not
   * this time. Default: failures pass.
   */
  readonly recovers?: ((values: readonly number[], inside: Inside) => readonly number[] | undefined) | undefined
  /** It opens its source again after a failure: `reference` gets the values of all openings. One of these a pipeline. */
  readonly reopens?: boolean | undefined
  /** What should have gone into branch `index`, by opening. Default: not checked. */
  readonly branchInputs?: ((index: number, values: readonly number[], inside: Inside) => readonly (readonly number[])[]) | undefined
  /** It can be opened once only, or reads its source in a run of its own: it is used outside of branches, and not opened again. */
  readonly once?: boolean | undefined
  /** It reads a source that goes on for ever, so a stop cuts it short. */
  readonly live?: boolean | undefined
  /** At most how many outputs an input makes. Default 1. Keeps pipelines small. */
  readonly growth?: number | undefined
  /** It answers in the same pull, keeps order and decides by values alone: it may be fused with its neighbours. Default false. */
  readonly plain?: boolean | undefined
}

/**
 * An operator that takes part in {@link compositionLaw}, with a reference on arrays.
 *
 * Values are whole numbers, so that every operator can stand behind every other. An operator of other values is used
 * between two maps, one to its values and one back to numbers.
 *
 * @example
 * ```ts
 * const everyNth: CompositionEntry = {
 *   name: 'everyNth',
 *   use: (choose) => {
 *     const n = 1 + choose(4)
 *     return {
 *       code: `everyNth(${n})`,
 *       imports: { './every-nth': ['everyNth'] },
 *       make: () => everyNth(n),
 *       reference: (values) => values.filter((_, index) => index % n === 0),
 *     }
 *   },
 * }
 * ```
 */
export interface CompositionEntry {
  /** The name of the export. */
  readonly name: string
  /** Draws one way to use it. Called once for each pipeline; everything random comes from `choose`. */
  readonly use: (choose: Choose, text: CompositionText) => CompositionUse
}
