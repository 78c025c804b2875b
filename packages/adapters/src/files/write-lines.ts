import { mkdir, open, rename, rm, type FileHandle } from 'node:fs/promises'
import { dirname } from 'node:path'
import { oneOf, sink, type Sink } from '@sluice/core'

/** Options of {@link writeLines}. */
export interface WriteLinesOptions {
  /**
   * True (default): lines go to a temporary file beside it, which is renamed when the run has completed: nobody ever
   * sees half a file, and a failed run leaves the old one. False: lines are appended as they come.
   */
  readonly atomic?: boolean | undefined
  /** Between lines and after the last one. Default `'\n'`. */
  readonly eol?: '\n' | '\r\n' | undefined
  /** Make missing folders. Default true. */
  readonly mkdir?: boolean | undefined
}

/** What was written. */
export interface WrittenLines {
  readonly path: string
  readonly lines: number
  readonly bytes: number
}

/** Lines are handed to the file system in pieces of this many characters: 64 Ki, as `fs.createReadStream` reads. */
const PIECE = 64 * 1024

/**
 * Writes each value as a line of a text file, in UTF-8; resolves with the number of lines and bytes.
 *
 * - **holds back** while a piece is being written: at most one piece (64 Ki characters and one batch) is in memory
 * - **on completion** what is left is written, the file is closed, and renamed where `atomic`
 * - **on failure or abort** the temporary file is removed; with `atomic: false` what was written stays
 *
 * @param path an existing file is replaced.
 *
 * @example
 * ```ts
 * await from(orders).pipe(map((order) => JSON.stringify(order))).to(writeLines('out/orders.ndjson')).run()
 * ```
 */
export function writeLines(path: string, options: WriteLinesOptions = {}): Sink<string, WrittenLines> {
  const { atomic = true, eol = '\n', mkdir: makeFolder = true } = options
  oneOf('writeLines', 'eol', eol, ['\n', '\r\n'])
  return sink<string, WrittenLines>('writeLines', (stage) => {
    const target = atomic ? `${path}.${process.pid}.${Math.floor(stage.scope.random() * 1e9).toString(36)}.tmp` : path
    let file: FileHandle | undefined
    let opening: Promise<FileHandle> | undefined
    let waiting = ''
    let lines = 0
    let bytes = 0

    const openFile = (): Promise<FileHandle> =>
      (opening ??= (async () => {
        if (makeFolder) await mkdir(dirname(path), { recursive: true })
        return (file = await open(target, 'w'))
      })())
    const flush = async (): Promise<void> => {
      const piece = Buffer.from(waiting)
      waiting = ''
      const handle = file ?? (await openFile())
      // A file system may take less than it was offered.
      for (let at = 0; at < piece.length; ) at += (await handle.write(piece, at)).bytesWritten
      bytes += piece.length
    }

    return {
      write(values, count) {
        for (let i = 0; i < count; i++) waiting += (values[i] ?? '') + eol
        lines += count
        return waiting.length >= PIECE ? flush() : undefined
      },
      async end() {
        await flush()
        await file?.close()
        file = undefined
        if (atomic) await rename(target, path)
        return { path, lines, bytes }
      },
      async abort() {
        // An open that is under way would otherwise leave its file behind.
        await opening?.catch(() => {})
        await file?.close()
        if (atomic) await rm(target, { force: true })
      },
    }
  })
}
