import type { ChunkReader, ChunkResult } from './readable-puller'

/**
 * Reads into buffers of its own: the stream fills them, nothing is copied on the way.
 *
 * A read that filled less than half is copied out, and its buffer used again: a slow network must not cost a whole
 * buffer for each packet.
 */
export class ByobReader implements ChunkReader<Uint8Array> {
  readonly #reader: ReadableStreamBYOBReader
  readonly #size: number
  #spare: ArrayBufferLike | undefined

  readonly #onResult = (result: { done: boolean; value?: Uint8Array | undefined }): ChunkResult<Uint8Array> => {
    const { done, value } = result
    if (done || value === undefined) return { done: true }
    if (value.byteLength * 2 >= this.#size) return { done, value }
    const copy = value.slice()
    this.#spare = value.buffer
    return { done, value: copy }
  }

  constructor(stream: ReadableStream<Uint8Array>, size: number) {
    this.#reader = stream.getReader({ mode: 'byob' })
    this.#size = size
  }

  read(): Promise<ChunkResult<Uint8Array>> {
    const buffer = this.#spare ?? new ArrayBuffer(this.#size)
    this.#spare = undefined
    return this.#reader.read(new Uint8Array(buffer)).then(this.#onResult)
  }

  cancel(reason: unknown): Promise<void> {
    return this.#reader.cancel(reason)
  }

  releaseLock(): void {
    this.#reader.releaseLock()
  }
}
