import { type Sink } from '@sluice/core'
import { coded, declare, sink, tell, type Stage } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed, WholeText } from '../text/well-formed'
import { compressionOf, compressionRules, type CompressionOptions } from './compression'
import { fileIntake, type Format, type WrittenFile } from './file-intake'
import { fileRules, pathRule, targetOf, type FileOptions } from './file-target'

const WRITE_BYTES = /* @__PURE__ */ declare('writeBytes', () => ({ args: { path: pathRule() }, options: { ...fileRules(), ...compressionRules() } }), {})

/** Options of {@link writeBytes}. */
export interface WriteBytesOptions extends FileOptions, CompressionOptions {}

/**
 * Writes bytes, and text in UTF-8, to a file one after the other; resolves with the number of bytes. Text may be cut anyhow, also
 * in the middle of a character that UTF-16 writes in two halves; half a character that stays alone fails the run.
 *
 * - **holds back** while a piece is being written: at most one piece (64 KiB and one batch) is in memory
 * - **on completion** what is left is written and, where `atomic`, flushed to the disk and renamed
 * - **on failure or abort** the temporary file is removed; with `atomic: false` what was written stays. The file is closed
 *
 * A piece is read when it is written, up to a batch later: memory that is used again has to be copied before.
 *
 * @param path an existing file is replaced; one behind a symbolic link, too.
 * @param options `atomic` (default true), `append` (default false), `mkdir` (default true), `compression` (default by the
 * ending of the path), `name`.
 * @throws OptionError where an option is wrong; `append` and `atomic` exclude each other.
 *
 * @example
 * ```ts
 * await from(['some ', 'text']).to(writeBytes('out.txt')).run() // { path: 'out.txt', bytes: 9 }
 * ```
 */
export function writeBytes(path: string, options: WriteBytesOptions = {}): Sink<Uint8Array | string, WrittenFile> {
  const given = WRITE_BYTES.read(options, { path })
  const checked = targetOf('writeBytes', path, given)
  const compression = compressionOf('writeBytes', path, given.compression)
  return tell(sink<Uint8Array | string, WrittenFile>(given.name, (stage) => {
    const bytes = new ByteFormat(stage)
    return fileIntake(checked, compression, stage, bytes, (written) => written)
  }), WRITE_BYTES, given)
}

/** Bytes as they are, text in UTF-8. */
class ByteFormat implements Format<Uint8Array | string> {
  readonly #stage: Stage
  readonly #text = new WholeText()

  constructor(stage: Stage) {
    this.#stage = stage
  }

  encode(values: readonly (Uint8Array | string)[], count: number): readonly Uint8Array[] {
    const pieces: Uint8Array[] = []
    for (let i = 0; i < count; i++) {
      this.#stage.item = values[i]
      pieces.push(this.#bytes(values[i]))
    }
    this.#stage.item = undefined
    return pieces
  }

  end(): Promise<readonly Uint8Array[]> {
    if (this.#text.end() !== '') return Promise.reject(coded('SLUICE_VALUE', new TypeError(`writeBytes: the text ends in ${HALF_A_CHARACTER}`)))
    return Promise.resolve([])
  }

  #bytes(value: unknown): Uint8Array {
    if (typeof value === 'string') return this.#encoded(this.#text.take(value))
    const half = this.#text.end()
    if (half !== '') this.#encoded(half)
    if (value instanceof Uint8Array) return value
    if (ArrayBuffer.isView(value)) return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
    if (value instanceof ArrayBuffer) return new Uint8Array(value)
    throw coded('SLUICE_VALUE', new TypeError(`writeBytes: expected bytes or text, got ${value === null ? 'null' : typeof value}`))
  }

  #encoded(text: string): Uint8Array {
    if (!isWellFormed(text)) throw coded('SLUICE_VALUE', new TypeError(`writeBytes: a text has ${HALF_A_CHARACTER}`))
    return Buffer.from(text)
  }
}
