import { type HandOverOptions, type Sink } from '@sluice/core'
import { declare, flagged, rule, sink, tell, type Stage } from '@sluice/core/authoring'

const TO_BYTE_WRITER = /* @__PURE__ */ declare('toByteWriter', () => ({
  args: { writer: rule<ByteWriter>('a writer with write()', (value) => typeof (value as Partial<ByteWriter> | null | undefined)?.write === 'function') },
  options: { preventClose: flagged, preventAbort: flagged },
}), {})

/** What `node:stream/iter` writes to: only `write` has to be there. */
export interface ByteWriter {
  write(chunk: Uint8Array | string, options?: { readonly signal?: AbortSignal }): PromiseLike<void> | undefined
  writev?(chunks: readonly (Uint8Array | string)[], options?: { readonly signal?: AbortSignal }): PromiseLike<void> | undefined
  writevSync?(chunks: readonly (Uint8Array | string)[]): boolean
  end?(options?: { readonly signal?: AbortSignal }): PromiseLike<number>
  endSync?(): number
  fail?(reason?: unknown): unknown
}

/**
 * Writes each piece of bytes (or text) to a writer of `node:stream/iter`; the result is how many pieces.
 *
 * - **holds back** while the writer does: what it takes at once costs no promise, else its `writev` is awaited
 * - **on completion** ends it, and waits for that; with `preventClose` it is left open
 * - **on failure** tells it with `fail(error)`; a write that fails fails the run with its error
 * - **on abort** tells it with `fail(reason)`; with `preventAbort` it is left as it is
 *
 * @param writer of `push()`, a file handle, a Broadcast …; only `write` is needed.
 * @param options `preventClose`, `preventAbort` (default false, both), `name`.
 * @throws OptionError where it has no `write`, or an option is wrong.
 *
 * @example
 * ```ts
 * const pieces = []
 * await from(['a', 'b']).to(toByteWriter({ write: async (piece) => { pieces.push(piece) } })).run() // 2
 * ```
 */
export function toByteWriter(writer: ByteWriter, options: HandOverOptions = {}): Sink<Uint8Array | string, number> {
  const given = TO_BYTE_WRITER.read(options, { writer })
  const { name, preventClose, preventAbort } = given
  return tell(sink<Uint8Array | string, number>(name, (stage) => {
    let written = 0
    return {
      async write(values, count) {
        const chunks = values.slice(0, count)
        // All of them or none.
        if (writer.writevSync?.(chunks) !== true) await writeAll(writer, chunks, stage)
        written += count
      },
      async end() {
        if (!preventClose && (writer.endSync?.() ?? -1) < 0) await writer.end?.({ signal: stage.scope.signal })
        return written
      },
      async abort(reason) {
        if (!preventAbort) await writer.fail?.(reason)
      },
    }
  }), TO_BYTE_WRITER, given)
}

async function writeAll(writer: ByteWriter, chunks: readonly (Uint8Array | string)[], stage: Stage): Promise<void> {
  const { signal } = stage.scope
  if (writer.writev) {
    await writer.writev(chunks, { signal })
    return
  }
  for (const chunk of chunks) {
    stage.item = chunk
    await writer.write(chunk, { signal })
  }
  stage.item = undefined
}
