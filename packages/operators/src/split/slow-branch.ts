import { OptionError, type Traits } from '@sluice/core'
import { callable, finiteNumber, maybeFn, rule, wholeNumber } from '@sluice/core/authoring'

/**
 * What happens when one branch is not ready for a value and others are.
 *
 * - `'gate'`: all wait for it
 * - `{ buffer: n }`: up to n values wait for it, then all do
 * - `'drop'`: it loses the value, unless it is only waiting for its turn
 * - `{ disconnectAfterMs: t }`: all wait for it, but no longer than t ms; then it is cut off and the others go on. At
 *   the end of the source, too, a branch that has not read its end is waited for no longer than that
 */
export type SlowBranch = 'gate' | 'drop' | { readonly buffer: number } | { readonly disconnectAfterMs: number }

/** Options of every operator whose branches can hold each other back. `K` says which branch: its index or name. */
export interface SlowBranchOptions<A, K> {
  /** What happens when one branch is not ready for a value and others are. Default `'gate'`: all wait for it. */
  readonly slowBranch?: SlowBranch | undefined
  /** Told of every value a branch loses. They are counted in any case. */
  readonly onDrop?: ((value: A, branch: K) => void) | undefined
  /** Told of a branch that was cut off. */
  readonly onDisconnect?: ((branch: K) => void) | undefined
  readonly name?: string | undefined
}

/** The policy as the lanes know it. */
export interface LanePolicy {
  /** Values that may wait for a branch that does not ask. */
  readonly capacity: number
  /** What does not fit is lost, and holds nobody. */
  readonly lossy: boolean
  /** How long a branch may hold others. */
  readonly patienceMs: number | undefined
}

export const GATE: LanePolicy = { capacity: 0, lossy: false, patienceMs: undefined }

/** What the options have in common, whomever they tell of a branch. */
/** How the options of branches are declared. `checkSlowBranch` looks more closely. */
export const branchRules = () => ({
  slowBranch: rule<SlowBranch>(WORDS, () => true).or('gate' as const), onDrop: maybeFn, onDisconnect: maybeFn,
})

/** What becomes of values where branches may be slow: what waits for a branch is told by the branch. */
export function slowTraits({ slowBranch }: { readonly slowBranch: SlowBranch }): Partial<Traits> {
  const loses = slowBranch === 'drop' || (typeof slowBranch === 'object' && 'disconnectAfterMs' in slowBranch)
  return loses ? { drops: 'surplus' } : {}
}

interface Checked {
  readonly slowBranch?: SlowBranch | undefined
  readonly onDrop?: unknown
  readonly onDisconnect?: unknown
}

const WORDS = "'gate', 'drop', { buffer: n } or { disconnectAfterMs: t }"

/** Checks the options when the operator is called. */
export function checkSlowBranch(owner: string, options: Checked, lossless = false): LanePolicy {
  const { slowBranch = 'gate', onDrop, onDisconnect } = options
  if (onDrop !== undefined) callable(owner, 'onDrop', onDrop)
  if (onDisconnect !== undefined) callable(owner, 'onDisconnect', onDisconnect)
  if (slowBranch === 'gate') return GATE
  if (slowBranch === 'drop' && !lossless) return { ...GATE, lossy: true }
  // From JavaScript anything may come.
  const given = slowBranch as Partial<Record<string, unknown>> | null
  if (typeof given === 'object' && given !== null) {
    if ('buffer' in given) return { ...GATE, capacity: wholeNumber(owner, 'slowBranch.buffer', given['buffer']) }
    if ('disconnectAfterMs' in given) {
      return { ...GATE, patienceMs: finiteNumber(owner, 'slowBranch.disconnectAfterMs', given['disconnectAfterMs']) }
    }
  }
  throw new OptionError(owner, 'slowBranch', slowBranch, lossless ? WORDS.replace("'drop', ", '') : WORDS)
}
