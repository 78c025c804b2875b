import { sink, type Sink } from '@sluice/core'
import { compressionOf, type CompressionOptions } from './compression'
import { fileIntake, type WrittenFile } from './file-intake'
import { checkFileOptions, type FileOptions } from './file-target'

/** Options of {@link writeBytes}. */
export interface WriteBytesOptions extends FileOptions, CompressionOptions {}

/**
 * Writes bytes, and text in UTF-8, to a file one after the other; resolves with the number of bytes.
 *
 * - **holds back** while a piece is being written: at most one piece (64 KiB and one batch) is in memory
 * - **on completion** what is left is written and, where `atomic`, flushed to the disk and renamed
 * - **on failure or abort** the temporary file is removed; with `atomic: false` what was written stays. The file is closed
 *
 * A piece is read when it is written, up to a batch later: memory that is used again has to be copied before.
 *
 * @param path an existing file is replaced; one behind a symbolic link, too.
 * @param options `atomic` (default true), `append` (default false), `mkdir` (default true), `compression` (default by the
 * ending of the path).
 * @throws OptionError where an option is wrong; `append` and `atomic` exclude each other.
 *
 * @example
 * ```ts
 * await from(['some ', 'text']).to(writeBytes('out.txt')).run() // { path: 'out.txt', bytes: 9 }
 * ```
 */
export function writeBytes(path: string, options: WriteBytesOptions = {}): Sink<Uint8Array | string, WrittenFile> {
  const checked = checkFileOptions('writeBytes', path, options)
  const compression = compressionOf('writeBytes', path, options.compression)
  return sink<Uint8Array | string, WrittenFile>('writeBytes', (stage) => {
    const encode = (values: readonly (Uint8Array | string)[], count: number): readonly Uint8Array[] => {
      const pieces: Uint8Array[] = []
      for (let i = 0; i < count; i++) pieces.push(toBytes((stage.item = values[i])))
      stage.item = undefined
      return pieces
    }
    return fileIntake(checked, compression, stage, { encode }, (written) => written)
  })
}

function toBytes(value: unknown): Uint8Array {
  if (typeof value === 'string') return Buffer.from(value)
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  if (value instanceof ArrayBuffer) return new Uint8Array(value)
  throw new TypeError(`writeBytes: expected bytes or text, got ${value === null ? 'null' : typeof value}`)
}
