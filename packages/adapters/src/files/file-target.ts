import { OptionError } from '@sluice/core'
import { filledText, flagged, yesNo, type Scope } from '@sluice/core/authoring'
import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { claimFile } from './file-claims'
import { attempt } from './file-error'
import { openInPlace, patiently, placeOf, type FilePlace } from './file-place'

/** Options of everything that writes a file. */
export interface FileOptions {
  /**
   * True (default): it is written to a temporary file beside it, which is flushed to the disk and renamed when the run has
   * completed. Nobody ever sees half a file, and a failed run leaves the old one. False: written as it comes. A pipe or a device
   * is always written as it comes, and never replaced.
   */
  readonly atomic?: boolean | undefined
  /**
   * Write behind what is in the file already; then `atomic` is false. Default false: the file is replaced. A file that another sink of
   * this process is writing fails the run, unless both append.
   */
  readonly append?: boolean | undefined
  /** Make missing folders. Default true. */
  readonly mkdir?: boolean | undefined
  /** Shown in failures, stats and the graph. Default: the function's name. */
  readonly name?: string | undefined
}

/** How they are declared. */
export function fileRules() {
  return { atomic: yesNo().maybe(), append: flagged, mkdir: yesNo().or(true) }
}

/** A path, as an argument. */
export const pathRule = () => filledText('a path')

/** The options with their defaults. */
export interface CheckedFileOptions {
  readonly path: string
  readonly atomic: boolean
  readonly append: boolean
  readonly mkdir: boolean
}

/** What the options come to together. */
export function targetOf(owner: string, path: string, given: { readonly atomic: boolean | undefined; readonly append: boolean; readonly mkdir: boolean }): CheckedFileOptions {
  const { append, mkdir: makeFolder } = given
  if (append && given.atomic === true) throw new OptionError(owner, 'atomic', true, 'false where append is true: a file is replaced or written to')
  return { path, append, atomic: given.atomic ?? !append, mkdir: makeFolder }
}

/** A file that is being written. Calls may not overlap, but for `giveUp`, which may come at any time. */
export class FileTarget {
  readonly #options: CheckedFileOptions
  readonly #scope: Scope
  #file: FileHandle | undefined
  /** Where it is in the end, links followed: a rename would replace the link. */
  #final: string
  #temporary: string | undefined
  /** Lets others write the file. */
  #release: (() => void) | undefined
  #work: Promise<unknown> = Promise.resolve()
  #over = false
  /** Ends a wait for a reader of a pipe. */
  #wake: (() => void) | undefined

  constructor(options: CheckedFileOptions, scope: Scope) {
    this.#options = options
    this.#scope = scope
    this.#final = options.path
  }

  write(pieces: readonly Uint8Array[]): Promise<void> {
    return this.#do(async () => {
      const file = await this.#open()
      for (const piece of pieces) {
        // A file system may take less than it was offered.
        for (let at = 0; file && at < piece.length && !this.#over; ) {
          const from = at
          const written = await attempt(this.#options.path, 'written', patiently(() => file.write(piece, from), (ms) => this.#pause(ms)))
          at += written?.bytesWritten ?? 0
        }
      }
    })
  }

  /** Everything was written. */
  finish(): Promise<void> {
    return this.#do(async () => {
      const { path } = this.#options
      const file = await this.#open()
      if (this.#temporary !== undefined) await attempt(path, 'written', file?.sync() ?? Promise.resolve())
      await this.#close()
      if (!this.#over && this.#temporary !== undefined) {
        await attempt(path, 'replaced', rename(this.#temporary, this.#final))
        this.#temporary = undefined
        await syncFolder(dirname(this.#final))
      }
      this.#release?.()
    })
  }

  /** Leaves no temporary file and nothing open; what is under way ends first. */
  async giveUp(): Promise<void> {
    this.#over = true
    this.#wake?.()
    await this.#work.catch(() => {})
    try {
      await this.#close()
    } finally {
      this.#release?.()
      if (this.#temporary !== undefined) await attempt(this.#temporary, 'replaced', rm(this.#temporary, { force: true }))
    }
  }

  #do(work: () => Promise<void>): Promise<void> {
    // Given up while a batch was still being packed.
    if (this.#over) return Promise.resolve()
    const done = work()
    this.#work = done
    return done
  }

  async #open(): Promise<FileHandle | undefined> {
    if (this.#file) return this.#file
    const { path, atomic, append, mkdir: makeFolder } = this.#options
    const place = await placeOf(path)
    this.#final = place.path
    if (place.replaceable) this.#release = claimFile(path, place.path, append)
    if (makeFolder && !place.found) await attempt(path, 'opened', mkdir(dirname(this.#final), { recursive: true }))
    this.#file = await attempt(path, 'opened', place.replaceable
      ? atomic ? this.#openTemporary(place) : open(this.#final, append ? 'a' : 'w')
      : patiently(() => openInPlace(path, place), (ms) => this.#pause(ms)))
    return this.#file
  }

  async #openTemporary({ found }: FilePlace): Promise<FileHandle> {
    // Of a name that is as long as names may be there would be no longer one.
    const name = basename(this.#final).slice(0, 50)
    const temporary = join(dirname(this.#final), `.${name}.${process.pid}.${Math.floor(this.#scope.random() * 1e9).toString(36)}.tmp`)
    // 'wx': what is there already is somebody else's, and not to be removed in the end.
    const file = await open(temporary, 'wx')
    this.#temporary = temporary
    this.#file = file
    if (found) {
      // Whose it is only the system's administrator may set.
      if (found.uid !== process.getuid?.() || found.gid !== process.getgid?.()) await file.chown(found.uid, found.gid).catch(() => {})
      await file.chmod(found.mode & 0o777)
    }
    return file
  }

  /** Waits on the run's clock; false where the file was given up meanwhile. */
  async #pause(ms: number): Promise<boolean> {
    if (this.#over) return false
    await new Promise<void>((resolve) => {
      const cancel = this.#scope.clock.after(ms, resolve)
      this.#wake = () => {
        cancel()
        resolve()
      }
    })
    this.#wake = undefined
    return !this.#over
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    if (file) await attempt(this.#options.path, 'closed', file.close())
  }
}

/** Without it a power cut may take the new name back. Not every system lets a folder be opened, or synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined)
  await folder?.sync().catch(() => {})
  await folder?.close()
}
