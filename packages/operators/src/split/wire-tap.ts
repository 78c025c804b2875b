import { type Operator, type Sink } from '@sluice/core'
import { declare, maybeFn, whole } from '@sluice/core/authoring'
import { withSide, checkTarget, type PassOn, type SideTarget } from './side-target'

const WIRE_TAP = /* @__PURE__ */ declare('wireTap', () => ({ options: { buffer: whole(0).or(0), onDrop: maybeFn } }), ({ buffer }) => ({ holds: buffer }))

/** Options of {@link wireTap}. */
export interface WireTapOptions<A> {
  /** Values that may wait for the tap, 0 or more. Default 0: it gets what it asks for. */
  readonly buffer?: number | undefined
  /** Told of every value the tap loses; they are counted in any case. */
  readonly onDrop?: ((value: A) => void) | undefined
  readonly name?: string | undefined
}

/**
 * Hands every value on, and shows it to a sink at the side, which loses what it is too slow for.
 *
 * - **emits** each value, in order
 * - **holds back** when downstream does; for the tap never. A tap that is only waiting for its turn gets that turn, whichever
 *   task the scheduler runs first: what a tap loses, it loses because it is busy
 * - **completes** when the source does; the end of the run waits for the tap to end as for a cleanup, `closeDeadlineMs`
 *   at most. A tap that wants no more leaves, one that never asks loses everything
 * - **buffers** nothing; with `buffer` up to so many values for the tap
 * - **on failure** of the tap the run fails: let its sink skip what may go wrong; of the source, the tap is aborted
 * - **on abort** the tap is aborted and waited for
 *
 * A ticket is split where the tap gets the value; what it loses is dealt with for it, and counted as dropped.
 *
 * ```marble
 * in    -1-2-3-4-|
 *       wireTap(slowLog)
 * out   -1-2-3-4-|       (slowLog gets 1 and 4)
 * ```
 *
 * @param target a sink, or a function `(source) => source.pipe(...).to(sink)`, called once, when the pipeline is built.
 * @param options `buffer` (default 0), `onDrop`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const seen: number[] = []
 * await from([1, 2, 3]).pipe(wireTap(forEach((n) => { seen.push(n) }))).to(toArray()).run() // [1, 2, 3]
 * ```
 */
export function wireTap<A>(target: SideTarget<NoInfer<A>>, options?: WireTapOptions<NoInfer<A>>): Operator<A, A>
export function wireTap<A>(target: Sink<A, unknown>, options?: WireTapOptions<A>): PassOn<A>
export function wireTap<A>(target: SideTarget<A>, options?: WireTapOptions<A>): Operator<A, A> {
  checkTarget('wireTap', target)
  const given = WIRE_TAP.read(options)
  const { buffer: capacity, onDrop } = given
  return withSide(WIRE_TAP, given, target, { policy: { capacity, lossy: true, patienceMs: undefined }, onDrop, onDisconnect: undefined })
}
