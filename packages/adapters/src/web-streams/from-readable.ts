import { ProtocolError, type Source } from '@sluice/core'
import { callable, declare, flagged, knownIn, rule, source, tell, wholeNumber } from '@sluice/core/authoring'
import { ByobReader } from './byob-reader'
import { ReadablePuller, type Readings } from './readable-puller'

const FROM_READABLE = /* @__PURE__ */ declare('fromReadable', () => ({
  options: { preventCancel: flagged, byob: rule<{ readonly size: number }>('an object with size', (value) => typeof value === 'object' && value !== null).maybe() },
}), {})

/** Options of {@link fromReadable}. */
export interface FromReadableOptions {
  /** Let go of the stream, instead of cancelling it, when the run ends before it does. Default false. */
  readonly preventCancel?: boolean | undefined
  readonly name?: string | undefined
}

/** Options of {@link fromReadable} for a byte stream that fills the buffers it is given. */
export interface FromByteStreamOptions extends FromReadableOptions {
  /** `size`: bytes a buffer holds, 1 or more. */
  readonly byob: { readonly size: number }
}

/**
 * A source of the chunks of a WHATWG ReadableStream.
 *
 * - **emits** the chunks in order; those that are there are handed on together
 * - **holds back** by not reading: the stream is read only for values the consumer has asked for
 * - **completes** when the stream is closed
 * - **buffers** nothing beyond what was asked for
 * - **on failure** of the stream, what was read is delivered first, then its error
 * - **on abort**, and when the consumer wants no more, cancels the stream with the reason, and waits for it. A stop waits for
 *   the read that is out, and hands on its chunk
 *
 * The stream is locked at the first pull and released at the end. It serves one run, and one try: a second one fails, unless
 * `preventCancel` lets it go on where the first has ended. For several: `defer(() => fromReadable(open()))`.
 *
 * @param stream of any make: fetch, Blob, a polyfill.
 * @param options `preventCancel` (default false), `byob: { size }` for byte streams, `name`.
 * @throws OptionError where an option is wrong, or there is nothing to read from.
 *
 * @example
 * ```ts
 * await fromReadable(new Blob(['some text']).stream()).to(count()).run() // 1
 * ```
 */
export function fromReadable(stream: ReadableStream<Uint8Array>, options: FromByteStreamOptions): Source<Uint8Array>
export function fromReadable<T>(stream: ReadableStream<T>, options?: FromReadableOptions): Source<T>
export function fromReadable<T>(stream: ReadableStream<T>, options: FromReadableOptions & Partial<FromByteStreamOptions> = {}): Source<T> {
  const given = FROM_READABLE.read(options)
  const { name, preventCancel, byob } = given
  if (byob) knownIn('fromReadable', 'byob', byob, ['size'])
  callable('fromReadable', 'stream.getReader', (stream as { readonly getReader?: unknown } | undefined)?.getReader)
  const size = byob && wholeNumber('fromReadable', 'byob.size', byob.size)
  const bytes = stream as unknown as ReadableStream<Uint8Array>
  let wasOpened = false
  return tell(source<T>(name, (stage) => {
    // It was read to its end, or cancelled: whoever tries again would take what is left for the whole.
    if (wasOpened && !preventCancel) throw new ProtocolError(`${name}: a stream can be read once; for several runs or tries: defer(() => fromReadable(open()))`)
    wasOpened = true
    return new ReadablePuller<T>({
      preventCancel,
      open: () => (size === undefined ? stream.getReader() : new ByobReader(bytes, size) as ReturnType<Readings<T>['open']>),
      // Given to the run, it ends with it, though nothing was read; locked, it is somebody else's.
      abandon: (reason) => (preventCancel || stream.locked ? undefined : stream.cancel(reason)),
    }, stage)
  }), FROM_READABLE, given)
}
