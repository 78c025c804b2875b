/**
 * The method of what can be read in batches: `Stream.toAsyncStreamable` of `node:stream/iter`. The symbol is a registered
 * one, so that nobody needs the module or its flag to know it.
 */
export const toAsyncStreamable: unique symbol = Symbol.for('Stream.toAsyncStreamable')

/** What `node:stream/iter` reads: several pieces of bytes at a time. */
export type ByteBatches = AsyncIterable<readonly Uint8Array[]>

/** Something that can be read in batches, as Node's Readable where `--experimental-stream-iter` is on. */
export interface Batchable {
  [toAsyncStreamable](): unknown
}
