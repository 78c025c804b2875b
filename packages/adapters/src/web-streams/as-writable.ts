import { type Pipeline, type Run, type RunOptions, type Source } from '@sluice/core'
import { coded, declare, fn, runRules } from '@sluice/core/authoring'
import { limitRules, strategyOf, type ChunkLimits } from './chunk-limits'
import { WritableEnd } from './writable-end'

const AS_WRITABLE = /* @__PURE__ */ declare('asWritable', () => ({ args: { makePipeline: fn }, options: { ...runRules(), ...limitRules(1) } }))

/** Options of {@link asWritable}; those of a run (`name`, `signal`, `clock` …) belong to it, too. */
export interface AsWritableOptions<T> extends ChunkLimits<T>, RunOptions {
  /** What may wait in the stream to be taken by the pipeline. Default 1, as the platform's. */
  readonly highWaterMark?: number | undefined
}

/** A stream and the run that reads it. */
export interface WritableRun<T, R> {
  readonly writable: WritableStream<T>
  /** Await it for the result of the pipeline's sink. A failure that nobody awaits is told by the stream alone. */
  readonly run: Run<R>
}

/**
 * A WritableStream that feeds a pipeline, which runs at once.
 *
 * - a write resolves when the pipeline has taken the value; at most `highWaterMark` wait to be taken
 * - `close()` is the end of the source, and resolves when the run has completed
 * - `abort(reason)` aborts the run with the reason, and answers when it was cleaned up; a cleanup that fails rejects it
 * - **on failure** of the run the stream fails with the same error
 * - a pipeline that ends early (`take`, `run.stop()`) fails the stream with a TypeError, as the platform's `terminate` does
 *
 * @param makePipeline makes the pipeline from the source of what is written, which can be read once.
 * @param options `highWaterMark` (default 1), `size` (default: each chunk counts 1), and those of a run.
 * @returns `{ writable, run }`.
 * @throws OptionError where an option is wrong, TypeError where `makePipeline` answers no pipeline.
 *
 * @example
 * ```ts
 * const { writable, run } = asWritable((numbers: Source<number>) => numbers.pipe(map((n) => n * 2)).to(toArray()))
 * await ReadableStream.from([1, 2, 3]).pipeTo(writable)
 * await run // [2, 4, 6]
 * ```
 */
export function asWritable<T, R>(makePipeline: (source: Source<T>) => Pipeline<R>, options: AsWritableOptions<T> = {}): WritableRun<T, R> {
  const given = AS_WRITABLE.read(options, { makePipeline })
  const { highWaterMark: _, size: __, ...runOptions } = options
  const end = new WritableEnd<T>('asWritable', strategyOf('asWritable', given))
  const pipeline = makePipeline(end.source) as Partial<Pipeline<R>> | undefined
  if (typeof pipeline?.run !== 'function') throw coded('SLUICE_ARGUMENT', new TypeError('asWritable: makePipeline must answer a pipeline, which source.to(sink) makes'))
  const run = pipeline.run({ name: 'asWritable', ...runOptions })
  end.follow(run)
  return { writable: end.writable, run }
}
