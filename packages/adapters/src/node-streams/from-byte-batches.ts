import { defer, from, type Source } from '@sluice/core'
import { coded, declare, expanding, rule, tell } from '@sluice/core/authoring'
import { toAsyncStreamable, type Batchable, type ByteBatches } from './byte-batches'

const FROM_BYTE_BATCHES = /* @__PURE__ */ declare('fromByteBatches', () => ({
  args: { batches: rule('an iterable of lists of bytes, or something with Stream.toAsyncStreamable', (value) => isIterable(value) || isBatchable(value)) },
}), {})

/** Options of {@link fromByteBatches}. */
export interface FromByteBatchesOptions {
  readonly name?: string | undefined
}

/**
 * A source of what an iterable stream gives: the pieces in the batches of `node:stream/iter`, one by one.
 *
 * The protocol is told by its methods, so this works wherever such a stream comes from, and needs no flag. A Node Readable
 * gives its batches where `--experimental-stream-iter` is on; elsewhere its pieces are read one by one.
 *
 * - **emits** each piece in order
 * - **holds back** by not asking for the next batch before the pieces of this one are taken
 * - **completes** at its end
 * - **buffers** one batch
 * - **on failure** of the stream, the pieces before it come first
 * - **on abort** calls `return()` of its iterator, and waits for it
 *
 * @param batches an (async) iterable of lists of bytes, or what has `Stream.toAsyncStreamable`; it is opened for each run.
 * @param options `name`.
 * @throws OptionError where it is neither, or an option is wrong.
 *
 * @example
 * ```ts
 * const batches = async function* () { yield [new Uint8Array([1, 2]), new Uint8Array([3])] }
 * await fromByteBatches(batches()).to(count()).run() // 2
 * ```
 */
export function fromByteBatches(batches: ByteBatches | Iterable<readonly Uint8Array[]> | Batchable, options: FromByteBatchesOptions = {}): Source<Uint8Array> {
  const given = FROM_BYTE_BATCHES.read(options, { batches })
  const { name } = given
  return tell(defer(() => from(opened(batches))).pipe(expanding<unknown, Uint8Array>(name, () => (batch) => piecesOf(name, batch))), FROM_BYTE_BATCHES, given)
}

/** Its batches; where Node says that they need a flag, its pieces. */
function opened(batches: object): AsyncIterable<unknown> {
  if (isBatchable(batches)) {
    try {
      return batches[toAsyncStreamable]() as AsyncIterable<unknown>
    } catch (error) {
      if ((error as { readonly code?: unknown }).code !== 'ERR_STREAM_ITER_MISSING_FLAG' || !isIterable(batches)) throw error
    }
  }
  return batches as AsyncIterable<unknown>
}

function piecesOf(name: string, batch: unknown): readonly Uint8Array[] {
  if (Array.isArray(batch)) return batch as Uint8Array[]
  if (batch instanceof Uint8Array) return [batch]
  throw coded('SLUICE_VALUE', new TypeError(`${name}: a batch is a list of Uint8Array, this is ${typeof batch}`))
}

function isBatchable(value: unknown): value is Batchable {
  return typeof (value as Partial<Batchable> | null | undefined)?.[toAsyncStreamable] === 'function'
}

function isIterable(value: unknown): boolean {
  return typeof value === 'object' && value !== null && (Symbol.asyncIterator in value || Symbol.iterator in value)
}
