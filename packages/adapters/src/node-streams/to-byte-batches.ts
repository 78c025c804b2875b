import { type Source } from '@sluice/core'
import { declare, described, operator, whole, type Ticket } from '@sluice/core/authoring'
import { toAsyncStreamable, type Batchable, type ByteBatches } from './byte-batches'

const TO_BYTE_BATCHES = /* @__PURE__ */ declare('toByteBatches', () => ({ options: { most: whole().or(64) } }), {})

/** Options of {@link toByteBatches}. */
export interface ToByteBatchesOptions {
  /** The most pieces in a batch. Default 64. */
  readonly most?: number | undefined
  /** Shown in failures, stats and the graph. Default `'toByteBatches'`. */
  readonly name?: string | undefined
}

/**
 * A source of bytes as an iterable stream: batches of what is there, as `node:stream/iter` reads them.
 *
 * - **holds back**: a batch is pulled when it is asked for, and nothing before the first
 * - **buffers** the batch at hand. It is handed out when one piece is there: none is waited for
 * - **ends** with the source, and fails with its error
 * - `return()`, as a `break` calls it, aborts the run, and waits for it
 *
 * @param source of bytes; each iteration is a run of its own.
 * @param options `most` (default 64 pieces), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * const batches = toByteBatches(from([new Uint8Array([1]), new Uint8Array([2])]))
 * await fromByteBatches(batches).to(count()).run() // 2
 * ```
 */
export function toByteBatches(source: Source<Uint8Array>, options: ToByteBatchesOptions = {}): ByteBatches & Batchable {
  const given = TO_BYTE_BATCHES.read(options)
  const batches = source.pipe(described(TO_BYTE_BATCHES, given, inBatches(given)))
  const iterable: ByteBatches = { [Symbol.asyncIterator]: () => batches[Symbol.asyncIterator]() }
  // Not itself: who is given something with that method asks it again.
  return { ...iterable, [toAsyncStreamable]: () => iterable }
}

/** What one pull answers, together. */
function inBatches({ name, most }: { readonly name: string; readonly most: number }) {
  return operator<Uint8Array, readonly Uint8Array[]>(name, (upstream, stage) => {
    const tickets: (Ticket | undefined)[] = []
    return {
      tickets,
      pull(into) {
        const batch: Uint8Array[] = []
        const count = upstream.pull(batch, most)
        if (count < 1) return count
        into[0] = batch.slice(0, count)
        tickets[0] = stage.join(upstream.tickets, count)
        return 1
      },
    }
  })
}
