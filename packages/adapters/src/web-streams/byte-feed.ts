import { coded } from '@sluice/core/authoring'

/** What this needs of the platform's ReadableByteStreamController. */
export interface ByteController {
  readonly byobRequest: { readonly view: ArrayBufferView | null; respond(bytesWritten: number): void } | null
  enqueue(chunk: ArrayBufferView): void
}

/**
 * Puts bytes into a byte stream: into the reader's buffer where it gave one, else as a chunk of their own.
 *
 * Bytes are copied. The platform takes a chunk's whole buffer away from whoever made it, and in Node that of a `Buffer`
 * is shared with others.
 */
export class ByteFeed {
  readonly #name: string
  readonly #controller: ByteController

  constructor(name: string, controller: ByteController) {
    this.#name = name
    this.#controller = controller
  }

  /** False where the chunk was empty, which a byte stream has no place for: whoever asked still waits. */
  put(chunk: unknown): boolean {
    if (!ArrayBuffer.isView(chunk)) {
      throw coded('SLUICE_VALUE', new TypeError(`${this.#name}: a byte stream takes Uint8Array and other views, got ${chunk === null ? 'null' : typeof chunk}`))
    }
    let bytes = new Uint8Array(chunk.buffer, chunk.byteOffset, chunk.byteLength)
    if (bytes.length === 0) return false
    const request = this.#controller.byobRequest
    if (request?.view) {
      const { buffer, byteOffset, byteLength } = request.view
      const count = Math.min(byteLength, bytes.length)
      new Uint8Array(buffer, byteOffset, count).set(bytes.subarray(0, count))
      request.respond(count)
      bytes = bytes.subarray(count)
    }
    if (bytes.length > 0) this.#controller.enqueue(bytes.slice())
    return true
  }

  /** The stream was closed: a reader that gave a buffer gets it back, empty. */
  end(): void {
    this.#controller.byobRequest?.respond(0)
  }
}
