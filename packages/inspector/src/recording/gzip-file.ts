import { closeSync, openSync, writeSync } from 'node:fs'
import { constants, crc32, deflateRawSync } from 'node:zlib'

/** A gzip header without a time: deflated, written by any system. */
const HEADER = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
/** Characters that are compressed together: this takes about a millisecond. */
const MOST_PENDING = 2 ** 16

/**
 * A text file that is compressed while it is written.
 *
 * Everything is done at once, also when the process is ending: a stream would leave what it holds behind. Each part can be read without the
 * rest of the file, so that a file that was cut off gives what was flushed.
 */
export class GzipFile {
  #file: number | undefined
  readonly #lost: (error: unknown) => void
  #pending = ''
  #sum = 0
  #length = 0

  /**
   * Nobody but the user may read a file that this one makes.
   *
   * @param lost is told once where it cannot be written to any more.
   * @throws Error where it cannot be written.
   */
  constructor(path: string, lost: (error: unknown) => void) {
    this.#lost = lost
    this.#file = openSync(path, 'w', 0o600)
    this.#put(HEADER)
  }

  /** False when it is ended, or could not be written to. */
  get isOpen(): boolean {
    return this.#file !== undefined
  }

  write(text: string): void {
    this.#pending += text
    if (this.#pending.length > MOST_PENDING) this.flush()
  }

  /** Puts into the file what was written so far. */
  flush(): void {
    if (this.#pending === '') return
    const bytes = Buffer.from(this.#pending)
    this.#pending = ''
    this.#sum = crc32(bytes, this.#sum)
    this.#length += bytes.length
    this.#put(deflateRawSync(bytes, { level: 3, finishFlush: constants.Z_SYNC_FLUSH }))
  }

  /** No effect from the second call on. */
  end(): void {
    this.flush()
    const trailer = Buffer.alloc(8)
    trailer.writeUInt32LE(this.#sum, 0)
    trailer.writeUInt32LE(this.#length % 2 ** 32, 4)
    this.#put(Buffer.concat([deflateRawSync(Buffer.alloc(0)), trailer]))
    this.#close()
  }

  /** A file that cannot be written to any more, as on a full disk, fails no program. */
  #put(bytes: Buffer): void {
    if (this.#file === undefined) return
    try {
      for (let at = 0; at < bytes.length; ) at += writeSync(this.#file, bytes, at)
    } catch (error) {
      this.#close()
      this.#lost(error)
    }
  }

  #close(): void {
    if (this.#file === undefined) return
    try {
      closeSync(this.#file)
    } catch {
      // What the disk has not taken is lost in any case.
    }
    this.#file = undefined
  }
}
