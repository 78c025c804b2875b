import { errorText } from '../error-text'

/** What was being done with a file. */
export type FileWork = 'opened' | 'looked at' | 'read' | 'written' | 'replaced' | 'closed'

/** A file that could not be opened, read or written. `systemCode` is the system's: `'ENOENT'`, `'ENOSPC'`, `'EISDIR'`. */
export class FileError extends Error {
  override readonly name = 'FileError'
  readonly code = 'SLUICE_FILE'
  /** As the system calls the error; undefined where it has no name for it. */
  readonly systemCode: string | undefined

  constructor(
    readonly path: string,
    /** What was being done. */
    readonly work: FileWork,
    cause: unknown,
  ) {
    super(`${path}: cannot be ${work}: ${errorText(cause)}`, { cause })
    const { code } = (cause ?? {}) as { readonly code?: unknown }
    this.systemCode = typeof code === 'string' ? code : undefined
  }
}

/** Settles as `work` does. Its error says which file it was about: many of the system's do not. */
export async function attempt<T>(path: string, work: FileWork, done: Promise<T>): Promise<T> {
  try {
    return await done
  } catch (error) {
    throw error instanceof FileError ? error : new FileError(path, work, error)
  }
}
