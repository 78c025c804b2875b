import { type Operator, type RunOptions } from '@sluice/core'
import { declare, fn, runRules } from '@sluice/core/authoring'
import { strategy, strategyIn, type ChunkLimits } from './chunk-limits'
import { ReadableEnd } from './readable-end'
import { WritableEnd } from './writable-end'

const AS_TRANSFORM = /* @__PURE__ */ declare('asTransform', () => ({ args: { operator: fn }, options: { ...runRules(), writableStrategy: strategy, readableStrategy: strategy } }))

/** Options of {@link asTransform}; those of a run (`name`, `signal`, `clock` …) belong to it, too. */
export interface AsTransformOptions<A, B> extends RunOptions {
  /** What may wait to be taken by the operator. Default `{ highWaterMark: 1 }`, as the platform's. */
  readonly writableStrategy?: ChunkLimits<A> | undefined
  /** What the operator may make before it is read. Default `{ highWaterMark: 0 }`, as the platform's. */
  readonly readableStrategy?: ChunkLimits<B> | undefined
}

/** Two ends of a transformation, for `pipeThrough`. */
export interface TransformEnds<A, B> {
  readonly readable: ReadableStream<B>
  readonly writable: WritableStream<A>
}

/**
 * Makes a transform pair for `pipeThrough` out of one, or several, of our operators.
 *
 * - a write resolves when the operator has taken the value, which it does when its output is read, or there is room for it
 * - closing the writable ends the operator's source; the readable closes when all it made was read. To find the end, one
 *   value more than was asked for is made from then on
 * - **on failure** of the operator both sides fail with the original error; what it made before that is read first
 * - **on abort** of the writable the readable fails with the reason; a **cancel** of the readable fails the writable with it.
 *   Both answer when all was cleaned up; a cleanup that fails rejects them
 * - an operator that wants no more (`take`) closes the readable and fails the writable with a TypeError, as `terminate`
 *
 * Each pair is one run; make one for each `pipeThrough`.
 *
 * @param operator of Sluice; for several: `(source) => source.pipe(a, b)`.
 * @param options `writableStrategy` and `readableStrategy` with `highWaterMark` and `size`; and those of a run.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const doubled = ReadableStream.from([1, 2, 3]).pipeThrough(asTransform(mapAsync(async (n: number) => n * 2, { concurrency: 2 })))
 * await fromReadable(doubled).to(toArray()).run() // [2, 4, 6]
 * ```
 */
export function asTransform<A, B>(operator: Operator<A, B>, options: AsTransformOptions<A, B> = {}): TransformEnds<A, B> {
  const name = 'asTransform'
  AS_TRANSFORM.read(options, { operator })
  const { writableStrategy, readableStrategy, ...run } = options
  const input = new WritableEnd<A>(name, strategyIn(name, 'writableStrategy', writableStrategy, 1))
  const limits = strategyIn(name, 'readableStrategy', readableStrategy, 0)
  const output = new ReadableEnd<B>(input.source.pipe(operator), { name, ...limits, bytes: false, run })
  // Once nothing more can be written the end may be near, and is found without a reader.
  input.follow(output.start(), () => { output.lookAhead() })
  return { readable: output.stream, writable: input.writable }
}
