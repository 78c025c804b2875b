import type { Intake, Stage } from '@sluice/core'
import { compressor, type Compression } from './compression'
import { Encoder } from './encoder'
import { FileTarget, type CheckedFileOptions } from './file-target'

/** What was written. */
export interface WrittenFile {
  readonly path: string
  /** Before they were packed, without what the file had before. */
  readonly bytes: number
}

/** How values become bytes. */
export interface Format<T> {
  /** The first `count` of `values`. A throw or rejection fails the run. */
  encode(values: readonly T[], count: number): Uint8Array | readonly Uint8Array[] | Promise<readonly Uint8Array[]>
  /** What comes last. */
  end?(): Promise<readonly Uint8Array[]>
  destroy?(): void
}

/** Bytes are handed to the file system in pieces of this many: 64 Ki, as `fs.createReadStream` reads. */
const PIECE = 64 * 1024

/** Opens one. Its methods are its own, so that who wraps a sink of ours may spread it: `{ ...intake, write }`. */
export function fileIntake<T, R extends WrittenFile>(...how: ConstructorParameters<typeof FileIntake<T, R>>): Intake<T, R> {
  const intake = new FileIntake<T, R>(...how)
  return {
    write: (values, count) => intake.write(values, count),
    end: () => intake.end(),
    abort: () => intake.abort(),
  }
}

/**
 * The running end of everything that writes a file.
 *
 * ```text
 *   values ─ format ─▶ [waiting: 64 KiB and a batch] ─ compressor ─▶ file (temporary, where atomic)
 * ```
 */
class FileIntake<T, R extends WrittenFile> {
  readonly #format: Format<T>
  readonly #result: (written: WrittenFile) => R
  readonly #path: string
  readonly #target: FileTarget
  readonly #packer: Encoder | undefined
  #waiting: Uint8Array[] = []
  #size = 0
  #bytes = 0

  constructor(options: CheckedFileOptions, compression: Compression, stage: Stage, format: Format<T>, result: (written: WrittenFile) => R) {
    this.#format = format
    this.#result = result
    this.#path = options.path
    this.#target = new FileTarget(options, stage.scope)
    const transform = compressor(compression)
    this.#packer = transform && new Encoder(transform)
  }

  write(values: readonly T[], count: number): Promise<void> | undefined {
    const encoded = this.#format.encode(values, count)
    if (encoded instanceof Promise) return encoded.then((pieces) => this.#add(pieces))
    return this.#add(encoded instanceof Uint8Array ? [encoded] : encoded)
  }

  async end(): Promise<R> {
    if (this.#format.end) await this.#add(await this.#format.end())
    await this.#flush()
    if (this.#packer) await this.#target.write(await this.#packer.end())
    await this.#target.finish()
    return this.#result({ path: this.#path, bytes: this.#bytes })
  }

  async abort(): Promise<void> {
    this.#format.destroy?.()
    this.#packer?.destroy()
    await this.#target.giveUp()
  }

  #add(pieces: readonly Uint8Array[]): Promise<void> | undefined {
    for (const piece of pieces) {
      if (piece.length === 0) continue
      this.#waiting.push(piece)
      this.#size += piece.length
    }
    return this.#size >= PIECE ? this.#flush() : undefined
  }

  async #flush(): Promise<void> {
    const pieces = this.#waiting
    if (pieces.length === 0) return
    this.#waiting = []
    this.#bytes += this.#size
    this.#size = 0
    // Many small ones are one write.
    const joined = pieces.length === 1 ? pieces : [Buffer.concat(pieces)]
    await this.#target.write(this.#packer ? await this.#packer.write(joined, 1) : joined)
  }
}
