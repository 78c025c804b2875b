import { type Operator, type Sink } from '@sluice/core'
import { declare } from '@sluice/core/authoring'
import { withSide, checkTarget, type PassOn, type SideTarget } from './side-target'
import { branchRules, checkSlowBranch, slowTraits, type SlowBranch } from './slow-branch'

const ALSO_TO = /* @__PURE__ */ declare('alsoTo', () => ({ options: { ...branchRules() } }), (given) => ({ ...slowTraits(given), holds: typeof given.slowBranch === 'object' && 'buffer' in given.slowBranch ? given.slowBranch.buffer : 0 }))

/** Options of {@link alsoTo}. */
export interface AlsoToOptions<A> {
  /** What happens when the side is not ready for a value. Default `'gate'`: it is waited for. */
  readonly slowBranch?: Exclude<SlowBranch, 'drop'> | undefined
  /** With `{ disconnectAfterMs }`: told of every value the side had coming when it was cut off. */
  readonly onDrop?: ((value: A) => void) | undefined
  /** With `{ disconnectAfterMs }`: told when the side was cut off. */
  readonly onDisconnect?: (() => void) | undefined
  readonly name?: string | undefined
}

/**
 * Hands every value on, and writes it to a sink at the side as well: none is lost there.
 *
 * - **emits** each value, in order
 * - **holds back** when downstream does, and by default while the side is not ready: `slowBranch`
 * - **completes** when the source has, and the side has written everything and ended. A side that wants no more
 *   (`take`, `first`) leaves, and the values go on without it; one that never asks holds all
 * - **buffers** nothing; with `{ buffer: n }` up to n values for the side
 * - **on failure** of the side the run fails; of the source, the side first writes what it was given, then is aborted
 * - **on abort** the side is aborted and waited for. When downstream wants no more, the side writes what it was given
 *   and ends
 *
 * A ticket is split: it is acknowledged when downstream and the side have both dealt with the value.
 *
 * ```marble
 * in    -1-2-3-|
 *       alsoTo(archive)
 * out   -1-2-3-|
 * ```
 *
 * @param target a sink, or a function `(source) => source.pipe(...).to(sink)`, called once, when the pipeline is built.
 * @param options `slowBranch` (default `'gate'`), `onDrop`, `onDisconnect`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const archive: number[] = []
 * await from([1, 2, 3]).pipe(alsoTo((s) => s.pipe(filter((n) => n > 1)).to(forEach((n) => { archive.push(n) })))).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function alsoTo<A>(target: SideTarget<NoInfer<A>>, options?: AlsoToOptions<NoInfer<A>>): Operator<A, A>
export function alsoTo<A>(target: Sink<A, unknown>, options?: AlsoToOptions<A>): PassOn<A>
export function alsoTo<A>(target: SideTarget<A>, options?: AlsoToOptions<A>): Operator<A, A> {
  checkTarget('alsoTo', target)
  const given = ALSO_TO.read(options)
  const { onDrop, onDisconnect } = given
  const policy = checkSlowBranch('alsoTo', given, true)
  return withSide(ALSO_TO, given, target, { policy, onDrop, onDisconnect })
}
