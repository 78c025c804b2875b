import { type RunOptions, type Source } from '@sluice/core'
import { declare, runRules, words } from '@sluice/core/authoring'
import { limitRules, strategyOf, type ChunkLimits, type Strategy } from './chunk-limits'
import { ReadableEnd } from './readable-end'

const TO_READABLE = /* @__PURE__ */ declare('toReadable', () => ({ options: { ...runRules(), ...limitRules(0), type: words('bytes').maybe() } }))

/** Options of {@link toReadable}; those of a run (`name`, `signal`, `clock` …) belong to it, too. */
export interface ToReadableOptions<T> extends ChunkLimits<T>, RunOptions {
  /** Read ahead so much. Default 0, as `ReadableStream.from`: nothing is pulled before somebody reads. */
  readonly highWaterMark?: number | undefined
  /** Makes a byte stream, of which readers may take bytes into buffers of their own (BYOB). */
  readonly type?: 'bytes' | undefined
}

/**
 * A ReadableStream of the values of a source.
 *
 * - the source is pulled when the stream is read, and `highWaterMark` ahead of that: never more
 * - it is opened at the first pull; the stream closes when the run has completed and was cleaned up
 * - **on failure**, what came before is read first, then the stream fails with the original error
 * - **on cancel** the run is aborted with the reason, and `cancel` answers when it was cleaned up; a cleanup that fails
 *   rejects it
 *
 * Tee, `pipeTo`, `pipeThrough` and `for await` (with `preventCancel`) are the platform's own.
 *
 * @param source any source; one stream is one run of it.
 * @param options `highWaterMark` (default 0; bytes in a byte stream), `size` (default: each chunk counts 1), `type:
 * 'bytes'`, and those of a run.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await new Response(toReadable(from([new TextEncoder().encode('hello')]))).text() // 'hello'
 * ```
 */
export function toReadable(source: Source<ArrayBufferView>, options: ToReadableOptions<never> & { readonly type: 'bytes' }): ReadableStream<Uint8Array>
export function toReadable<T>(source: Source<T>, options?: ToReadableOptions<T> & { readonly type?: undefined }): ReadableStream<T>
export function toReadable(source: Source<unknown>, options: ToReadableOptions<never> = {}): ReadableStream<unknown> {
  const { highWaterMark: _, size: __, type, ...run } = options
  const limits = strategyOf<never>('toReadable', TO_READABLE.read(options))
  return new ReadableEnd<unknown>(source, { name: 'toReadable', ...limits as Strategy<unknown>, bytes: type === 'bytes', run }).stream
}
