import { type OnError } from '@sluice/core'
import { nackAll, type Intake, type Stage, type Tickets } from '@sluice/core/authoring'
import { Unsettled } from '../batches/unsettled'
import { compressor, type Compression } from './compression'
import { Encoder } from './encoder'
import { FileTarget, type CheckedFileOptions } from './file-target'
import { RefusedValues } from './refused-values'

/** What was written. */
export interface WrittenFile {
  readonly path: string
  /** Before they were packed, without what the file had before. */
  readonly bytes: number
}

/** How values become bytes, all of a batch or none: a throw leaves it as it was. */
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
    settles: true,
    write: (values, count, tickets) => intake.write(values, count, tickets),
    end: () => intake.end(),
    abort: (reason) => intake.abort(reason),
  }
}

/**
 * The running end of everything that writes a file. A value is delivered when its bytes are in the file: of one that is replaced, when
 * the new one is in its place; of one that is packed, at the end.
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
  readonly #stage: Stage
  readonly #unsettled: Unsettled
  readonly #asItComes: boolean
  /** Undefined: the first value that is refused fails the run. */
  readonly #refused: RefusedValues<T> | undefined
  #waiting: Uint8Array[] = []
  #size = 0
  #bytes = 0

  constructor(options: CheckedFileOptions, compression: Compression, stage: Stage, format: Format<T>, result: (written: WrittenFile) => R, onError?: OnError<unknown>) {
    this.#format = format
    this.#result = result
    this.#path = options.path
    this.#target = new FileTarget(options, stage.scope)
    const transform = compressor(compression)
    this.#packer = transform && new Encoder(transform)
    this.#stage = stage
    this.#unsettled = new Unsettled(stage)
    this.#asItComes = !options.atomic && !transform
    this.#refused = onError === undefined || onError === 'fail' ? undefined : new RefusedValues<T>(stage, onError, {
      encode: (values) => format.encode(values, values.length),
      take: (encoded: ReturnType<Format<T>['encode']>, { values, tickets }) => this.#take(piecesOf(encoded), values.length, tickets),
      failed: (error, { values, tickets }) => this.#failed(error, values, values.length, tickets),
    })
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): Promise<void> | undefined {
    let encoded: ReturnType<Format<T>['encode']>
    try {
      encoded = this.#format.encode(values, count)
    } catch (error) {
      return this.#refuse(error, values, count, tickets)
    }
    if (encoded instanceof Promise) {
      return encoded.then(
        (pieces) => this.#take(pieces, count, tickets),
        (error: unknown) => this.#refuse(error, values, count, tickets),
      )
    }
    return this.#take(piecesOf(encoded), count, tickets)
  }

  async end(): Promise<R> {
    if (this.#format.end) await this.#add(await this.#format.end())
    await this.#flush()
    if (this.#packer) await this.#target.write(await this.#packer.end())
    await this.#target.finish()
    this.#unsettled.settle()
    return this.#result({ path: this.#path, bytes: this.#bytes })
  }

  async abort(reason: unknown): Promise<void> {
    this.#unsettled.giveBack(reason)
    this.#refused?.close()
    this.#format.destroy?.()
    this.#packer?.destroy()
    await this.#target.giveUp()
  }

  #take(pieces: readonly Uint8Array[], count: number, tickets: Tickets | null): Promise<void> | undefined {
    this.#unsettled.add(tickets, count)
    return this.#add(pieces)
  }

  /** A value was refused: its supervisor decides, where there is one. */
  #refuse(error: unknown, values: readonly T[], count: number, tickets: Tickets | null): Promise<void> {
    if (!this.#refused) throw this.#failed(error, values, count, tickets)
    return this.#refused.write(error, { values: values.slice(0, count), tickets: tickets && tickets.slice(0, count) })
  }

  /** The value at fault has failed; what came with it is given back. */
  #failed(error: unknown, values: readonly T[], count: number, tickets: Tickets | null): unknown {
    const at = values.indexOf(this.#stage.item as T)
    if (at >= 0 && at < count) this.#stage.giveUp(tickets?.[at], error)
    for (let i = 0; i < count; i++) if (i !== at) nackAll(tickets, i, i + 1, error)
    return error
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
    // Nothing more is taken before this has answered, so all there is has been written.
    if (this.#asItComes) this.#unsettled.settle()
  }
}

function piecesOf(encoded: Uint8Array | readonly Uint8Array[] | Promise<readonly Uint8Array[]>): readonly Uint8Array[] {
  return encoded instanceof Uint8Array ? [encoded] : (encoded as readonly Uint8Array[])
}
