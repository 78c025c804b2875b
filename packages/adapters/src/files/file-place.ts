import { constants, type Stats } from 'node:fs'
import { open, readlink, realpath, stat, type FileHandle } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { attempt } from './file-error'

/** Where a path leads. */
export interface FilePlace {
  /** Links followed, also where the last one leads to nothing yet. */
  readonly path: string
  /** What is there; undefined for nothing. */
  readonly found: Stats | undefined
  /** True for nothing and for a file: it may be replaced. A pipe, a device, a folder, a file of `/dev` or `/proc` may not. */
  readonly replaceable: boolean
}

/** As many as Linux follows. */
const MAX_LINKS = 40
/** Files of the system, `/dev/stdout` among them: also where one leads to a plain file, somebody else has it open. */
const SYSTEM = /^\/(?:proc|dev(?!\/shm\/))\//

/** Follows the links of a path. */
export async function placeOf(path: string): Promise<FilePlace> {
  const found = await attempt(path, 'looked at', stat(path).catch(ignoreMissing))
  let at = resolve(path)
  for (let links = 0; links < MAX_LINKS && !SYSTEM.test(at); links++) {
    const target = await readlink(at).catch(() => undefined)
    if (target === undefined) break
    const folder = await realpath(dirname(at)).catch(() => dirname(at))
    at = resolve(folder, target)
  }
  if (SYSTEM.test(at)) return { path, found, replaceable: false }
  const folder = await realpath(dirname(at)).catch(() => dirname(at))
  return { path: join(folder, basename(at)), found, replaceable: !found || found.isFile() }
}

/** How long to wait between two tries with a pipe that nobody reads from, or that is full, in ms. */
const LONGEST_PAUSE_MS = 50

/**
 * Does `work`, again and again while a pipe has no reader or no room. A wait that the system does would hold a thread of the
 * process, which could not even end.
 *
 * @param pause waits so many ms; false: nobody waits any more.
 */
export async function patiently<T>(work: () => Promise<T>, pause: (ms: number) => Promise<boolean>): Promise<T | undefined> {
  for (let ms = 1; ; ms = Math.min(LONGEST_PAUSE_MS, ms * 2)) {
    try {
      return await work()
    } catch (error) {
      const { code } = error as { readonly code?: unknown }
      if (code !== 'ENXIO' && code !== 'EAGAIN') throw error
    }
    if (!(await pause(ms))) return undefined
  }
}

/** Opens a pipe or device to write to it. It is neither made nor cut. */
export function openInPlace(path: string, { found }: FilePlace): Promise<FileHandle> {
  // Windows has no such flag.
  const wait = found?.isFIFO() ? (constants.O_NONBLOCK as number | undefined) ?? 0 : 0
  return open(path, constants.O_WRONLY | constants.O_APPEND | wait)
}

function ignoreMissing(error: unknown): undefined {
  if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error
}
