import { OptionError } from '@sluice/core'
import { mkdir, open, realpath, rename, rm, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'

/** Options of everything that writes a file. */
export interface FileOptions {
  /**
   * True (default): it is written to a temporary file beside it, which is flushed to the disk and renamed when the run has
   * completed. Nobody ever sees half a file, and a failed run leaves the old one. False: written as it comes.
   */
  readonly atomic?: boolean | undefined
  /** Write behind what is in the file already; then `atomic` is false. Default false: the file is replaced. */
  readonly append?: boolean | undefined
  /** Make missing folders. Default true. */
  readonly mkdir?: boolean | undefined
}

/** The options with their defaults. */
export interface CheckedFileOptions {
  readonly path: string
  readonly atomic: boolean
  readonly append: boolean
  readonly mkdir: boolean
}

export function checkFileOptions(owner: string, path: string, options: FileOptions): CheckedFileOptions {
  if (typeof path !== 'string' || path === '') throw new OptionError(owner, 'path', path, 'a path')
  const { append = false, mkdir: makeFolder = true } = options
  if (append && options.atomic === true) throw new OptionError(owner, 'atomic', true, 'false where append is true: a file is replaced or written to')
  return { path, append, atomic: options.atomic ?? !append, mkdir: makeFolder }
}

/** A file that is being written. Calls may not overlap, but for `giveUp`, which may come at any time. */
export class FileTarget {
  readonly #options: CheckedFileOptions
  readonly #random: () => number
  #file: FileHandle | undefined
  /** Where it is in the end, links followed: a rename would replace the link. */
  #final: string
  #temporary: string | undefined
  #work: Promise<unknown> = Promise.resolve()
  #over = false

  constructor(options: CheckedFileOptions, random: () => number) {
    this.#options = options
    this.#random = random
    this.#final = options.path
  }

  write(pieces: readonly Uint8Array[]): Promise<void> {
    return this.#do(async () => {
      const file = await this.#open()
      for (const piece of pieces) {
        // A file system may take less than it was offered.
        for (let at = 0; at < piece.length && !this.#over; ) at += (await file.write(piece, at)).bytesWritten
      }
    })
  }

  /** Everything was written. */
  finish(): Promise<void> {
    return this.#do(async () => {
      const file = await this.#open()
      if (this.#options.atomic) await file.sync()
      await this.#close()
      if (this.#over || this.#temporary === undefined) return
      await rename(this.#temporary, this.#final)
      this.#temporary = undefined
      await syncFolder(dirname(this.#final))
    })
  }

  /** Leaves no temporary file and nothing open; what is under way ends first. */
  async giveUp(): Promise<void> {
    this.#over = true
    await this.#work.catch(() => {})
    try {
      await this.#close()
    } finally {
      if (this.#temporary !== undefined) await rm(this.#temporary, { force: true })
    }
  }

  #do(work: () => Promise<void>): Promise<void> {
    // Given up while a batch was still being packed.
    if (this.#over) return Promise.resolve()
    const done = work()
    this.#work = done
    return done
  }

  async #open(): Promise<FileHandle> {
    if (this.#file) return this.#file
    const { path, atomic, append, mkdir: makeFolder } = this.#options
    if (makeFolder) await mkdir(dirname(path), { recursive: true })
    if (!atomic) return (this.#file = await open(path, append ? 'a' : 'w'))
    this.#final = await realpath(path).catch(() => path)
    const mode = await stat(this.#final).then((found) => found.mode & 0o777, () => undefined)
    const temporary = join(dirname(this.#final), `.${basename(this.#final)}.${process.pid}.${Math.floor(this.#random() * 1e9).toString(36)}.tmp`)
    // 'wx': what is there already is somebody else's, and not to be removed in the end.
    const file = await open(temporary, 'wx')
    this.#temporary = temporary
    this.#file = file
    if (mode !== undefined) await file.chmod(mode)
    return file
  }

  async #close(): Promise<void> {
    const file = this.#file
    this.#file = undefined
    await file?.close()
  }
}

/** Without it a power cut may take the new name back. Not every system lets a folder be opened, or synced. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path).catch(() => undefined)
  await folder?.sync().catch(() => {})
  await folder?.close()
}
