import { OptionError, type Source } from '@sluice/core'
import { declare, tell, whole } from '@sluice/core/authoring'
import { open, type FileHandle } from 'node:fs/promises'
import type { Resource } from '../batches/resource'
import { compressionOf, compressionRules, DecompressionError, decompressor, type Compression, type CompressionOptions } from './compression'
import { attempt } from './file-error'
import { passage } from './passage'
import { pathRule } from './file-target'
import { readerSource } from './reading'

const READ_BYTES = /* @__PURE__ */ declare('readBytes', () => ({
  args: { path: pathRule() },
  options: { chunkSize: whole().or(64 * 1024), start: whole(0).maybe(), end: whole(0).maybe(), ...compressionRules() },
}), {})

/** Options of {@link readBytes}. */
export interface ReadBytesOptions extends CompressionOptions {
  /** Bytes that are read at once; the last piece is smaller. Default 64 Ki. Unpacked, pieces have the size they come in. */
  readonly chunkSize?: number | undefined
  /** The first byte, counted from 0. Default 0. */
  readonly start?: number | undefined
  /** The last byte, which is read too, as by `fs.createReadStream`. Default: the end of the file. */
  readonly end?: number | undefined
  /** Shown in failures, stats and the graph. Default `'readBytes'`. */
  readonly name?: string | undefined
}

/**
 * The bytes of a file, in pieces.
 *
 * - **emits** pieces in order, each in memory of its own; what is packed is unpacked
 * - **holds back** by not reading on: a piece is read when one is wanted
 * - **completes** at the end of the file, or after the byte `end`
 * - **buffers** nothing; unpacking holds a piece and what came of it (16 KiB)
 * - **on failure** (no such file, a folder, no gzip) fails with a FileError or DecompressionError that names the file, after what
 *   was read before
 * - **on abort**, and at every other end, closes the file, which the run waits for
 *
 * @param path of the file.
 * @param options `chunkSize` (bytes, default 64 Ki), `start`, `end`, `compression` (default by the ending of the path), `name`.
 * @throws OptionError where an option is wrong, or `start` or `end` is given for a file that is packed.
 *
 * @example
 * ```ts
 * await from([new Uint8Array([1, 2, 3])]).to(writeBytes('numbers.bin')).run()
 * await readBytes('numbers.bin', { start: 1 }).to(toArray()).run() // [<Buffer 02 03>]
 * ```
 */
export function readBytes(path: string, options: ReadBytesOptions = {}): Source<Uint8Array> {
  const given = READ_BYTES.read(options, { path })
  const { name, chunkSize, start, end } = given
  const compression = compressionOf('readBytes', path, given.compression)
  if (compression !== 'none' && (start ?? end) !== undefined) {
    throw new OptionError('readBytes', 'compression', compression, "'none' where start or end is given: they count the bytes of the file")
  }
  const bytes = readerSource<Uint8Array>(name, () => new FileReader(path, chunkSize, start ?? 0, end ?? Infinity))
  return tell(unpacked(bytes, path, compression), READ_BYTES, given)
}

/** A source of bytes, unpacked; text passes as it is. */
export function unpacked<T extends Uint8Array | string>(bytes: Source<T>, path: string, compression: Compression): Source<T> {
  if (compression === 'none') return bytes
  return bytes.pipe(passage<T, T>(compression, {
    make: () => decompressor(compression),
    explain: (error) => new DecompressionError(path, compression, error),
  }))
}

class FileReader implements Resource<Uint8Array> {
  #file: FileHandle | undefined
  #at: number

  constructor(
    private readonly path: string,
    private readonly chunkSize: number,
    private readonly start: number,
    private readonly end: number,
  ) {
    this.#at = start
  }

  async read(): Promise<Uint8Array | undefined> {
    this.#file ??= await attempt(this.path, 'opened', open(this.path))
    const wanted = Math.min(this.chunkSize, this.end - this.#at + 1)
    if (wanted <= 0) return undefined
    // Without a position where none is given, so that a pipe or a device can be read as well.
    const { bytesRead, buffer } = await attempt(this.path, 'read', this.#file.read(Buffer.allocUnsafeSlow(wanted), 0, wanted, this.start === 0 ? null : this.#at))
    this.#at += bytesRead
    return bytesRead > 0 ? buffer.subarray(0, bytesRead) : undefined
  }

  async close(): Promise<void> {
    if (this.#file) await attempt(this.path, 'closed', this.#file.close())
  }
}
