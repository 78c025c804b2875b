import { type OnError, type Source, type StageOptions } from '@sluice/core'
import { decision, declare, flagged, tell, whole, type Stage } from '@sluice/core/authoring'
import { open, stat, type FileHandle } from 'node:fs/promises'
import type { Resource } from '../batches/resource'
import { BOUNDARY, type TextLine } from '../text/line-splitter'
import { attempt } from './file-error'
import { pathRule } from './file-target'
import { encodingRule } from './input'
import { readerSource } from './reading'
import { textLines } from './text-lines'

const TAIL = /* @__PURE__ */ declare('tail', () => ({
  args: { path: pathRule() },
  options: { pollMs: whole().or(250), fromEnd: flagged, maxLineLength: whole().or(1024 * 1024), encoding: encodingRule(), onError: decision },
}), {})

/** Options of {@link tail}. */
export interface TailOptions extends StageOptions<TextLine> {
  /** How often to look, in ms on the run's clock, whether there is more. Default 250. */
  readonly pollMs?: number | undefined
  /** Begin with what is written from now on. Default false: with what is there. */
  readonly fromEnd?: boolean | undefined
  /** The longest line, in characters; a longer one goes where `onError` says. Default 1 Mi. */
  readonly maxLineLength?: number | undefined
  /** Default `'utf8'`. */
  readonly encoding?: BufferEncoding | undefined
  /** What becomes of a line that is too long. Default: it fails the run. */
  readonly onError?: OnError<TextLine> | undefined
}

/**
 * The lines of a file that grows, as `tail -F`: truncated, it is read from its start again; renamed, it is read to its
 * end, and then the file that took its name.
 *
 * - **emits** each line when its end (`\n`, `\r\n` or `\r`) has been written
 * - **holds back** by not reading on
 * - **completes** never by itself: `stop`, `take` and an abort end it. A line that was begun is left out then
 * - **buffers** a piece of 64 KiB and one line
 * - **on failure** (no such file when it begins) fails with an error that names the file. That it is missing later is borne: a
 *   rotation takes a moment. A line too long goes where `onError` says, with a LineTooLongError
 * - **on abort**, and at every other end, closes the file, which the run waits for
 *
 * What was begun in a file that is truncated or taken away is a line of its own. A file that is truncated and has grown
 * beyond where it was between two looks cannot be told from one that has only grown.
 *
 * @param path of the file.
 * @param options `pollMs` (default 250), `fromEnd` (default false), `maxLineLength` (characters, default 1 Mi), `encoding`,
 * `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await tail('server.log', { fromEnd: true }).pipe(filter((line) => line.includes('ERROR'))).to(forEach(alert)).run({ signal })
 * ```
 */
export function tail(path: string, options: TailOptions = {}): Source<string> {
  const given = TAIL.read(options, { path })
  const { pollMs, fromEnd } = given
  const pieces = readerSource<Uint8Array | typeof BOUNDARY>('follow', (stage) => new Follower(path, pollMs, fromEnd, stage), true)
  return tell(textLines(pieces, { ...given, place: path, onlyEnded: true }), TAIL, given)
}

const PIECE = 64 * 1024

/** What became of the file since the last look. */
type Change = 'none' | 'truncated' | 'replaced'

class Follower implements Resource<Uint8Array | typeof BOUNDARY> {
  #file: FileHandle | undefined
  #at = 0
  #change: Change = 'none'
  #over = false
  #wake: (() => void) | undefined
  #cancel: (() => void) | undefined

  constructor(
    private readonly path: string,
    private readonly pollMs: number,
    private readonly fromEnd: boolean,
    private readonly stage: Stage,
  ) {}

  async read(): Promise<Uint8Array | typeof BOUNDARY | undefined> {
    if (!this.#file) {
      this.#file = await attempt(this.path, 'opened', open(this.path))
      if (this.fromEnd) this.#at = (await attempt(this.path, 'looked at', this.#file.stat())).size
    }
    while (!this.#over) {
      // After a rotation once more: something may have been written between the last read and it.
      const piece = this.#change === 'truncated' ? undefined : await this.#piece(this.#file)
      if (piece) return piece
      if (this.#change !== 'none' && (await this.#turn())) return BOUNDARY
      const before = this.#change
      this.#change = await this.#look(this.#file)
      if (this.#change === 'none' || before === 'replaced') await this.#rest()
    }
    return undefined
  }

  cut(): void {
    this.#over = true
    this.#cancel?.()
    this.#wake?.()
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  async #piece(file: FileHandle): Promise<Uint8Array | undefined> {
    const { bytesRead, buffer } = await attempt(this.path, 'read', file.read(Buffer.allocUnsafeSlow(PIECE), 0, PIECE, this.#at))
    this.#at += bytesRead
    return bytesRead > 0 ? buffer.subarray(0, bytesRead) : undefined
  }

  /** Goes on at the start of what is there now; false where the new file has gone again. */
  async #turn(): Promise<boolean> {
    if (this.#change === 'replaced') {
      const next = await openIfThere(this.path)
      if (!next) return false
      await this.#file?.close()
      this.#file = next
    }
    this.#change = 'none'
    this.#at = 0
    return true
  }

  async #look(file: FileHandle): Promise<Change> {
    const there = await attempt(this.path, 'looked at', stat(this.path, { bigint: true }).catch(ignoreMissing))
    // In the middle of a rotation; the old one may still be written to.
    if (!there) return 'none'
    const ours = await attempt(this.path, 'looked at', file.stat({ bigint: true }))
    if (there.ino !== ours.ino || there.dev !== ours.dev) return 'replaced'
    return ours.size < BigInt(this.#at) ? 'truncated' : 'none'
  }

  async #rest(): Promise<void> {
    if (this.#over) return
    await new Promise<void>((resolve) => {
      this.#wake = resolve
      this.#cancel = this.stage.scope.clock.after(this.pollMs, resolve)
    })
    this.#wake = this.#cancel = undefined
  }
}

function ignoreMissing(error: unknown): undefined {
  if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error
}

function openIfThere(path: string): Promise<FileHandle | undefined> {
  return attempt(path, 'opened', open(path).catch(ignoreMissing))
}
