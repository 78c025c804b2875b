import { type Operator } from '@sluice/core'
import { asyncOperator, declare, described, fn } from '@sluice/core/authoring'
import { TransformPassage } from './transform-passage'

const THROUGH_TRANSFORM = /* @__PURE__ */ declare('throughTransform', () => ({ args: { make: fn } }), { tickets: 'ended' })

/** Anything with two ends: a TransformStream, CompressionStream, TextDecoderStream, or a pair of your own. */
export interface TransformPair<A, B> {
  readonly readable: ReadableStream<B>
  readonly writable: WritableStream<A>
}

/** Options of {@link throughTransform}. */
export interface ThroughTransformOptions {
  readonly name?: string | undefined
}

/**
 * Sends the values through a transform pair of the platform, one made for each run.
 *
 * ```text
 *   upstream ◀─pull─ writer ─▶ [writable ▶ transform ▶ readable] ─▶ reader ◀─pull─ consumer
 * ```
 *
 * - **emits** what is read from the readable side
 * - **holds back** the source while the writable side has no room, and the transform while nobody pulls
 * - **completes** when the readable side closes; where it does before the source ends, the source is closed
 * - **buffers** what the pair's own strategies allow (a TransformStream: one value before it, none behind)
 * - **on failure** of the source or of the transform, what can still be read is delivered first, then that error, once
 * - **on abort**, and when the consumer wants no more, cancels the readable and aborts the writable, and waits for both
 *
 * In a tracked run a value is dealt with when its write has succeeded: what a transform makes of it cannot be followed.
 *
 * @param make answers a new pair; called when a run opens the operator. What it throws fails the run.
 * @param options `name`.
 * @throws OptionError where `make` is no function, or an option is wrong.
 *
 * @example
 * ```ts
 * await from([new Uint8Array([104, 105])]).pipe(throughTransform(() => new TextDecoderStream())).to(toArray()).run() // ['hi']
 * ```
 */
export function throughTransform<A, B>(make: () => TransformPair<A, B>, options: ThroughTransformOptions = {}): Operator<A, B> {
  const given = THROUGH_TRANSFORM.read(options, { make })
  return described(THROUGH_TRANSFORM, given, asyncOperator<A, B>(given.name, (upstream, stage) => new TransformPassage<A, B>(upstream, stage, make())))
}
