import { mkdtempSync, readdirSync, readlinkSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A folder of a test's own. */
export interface Folder {
  readonly path: (...names: string[]) => string
  /** Files of it that this process has open; known on Linux only, elsewhere 0. */
  readonly openFiles: () => number
  readonly names: () => string[]
  readonly remove: () => void
}

export function folder(): Folder {
  const root = mkdtempSync(join(tmpdir(), 'sluice-files-'))
  const target = (fd: string): string => {
    try {
      return readlinkSync(join('/proc/self/fd', fd))
    } catch {
      return ''
    }
  }
  return {
    path: (...names) => join(root, ...names),
    openFiles: () => (process.platform === 'linux' ? readdirSync('/proc/self/fd').filter((fd) => target(fd).startsWith(root)).length : 0),
    names: () => readdirSync(root).sort(),
    remove: () => { rmSync(root, { recursive: true, force: true }) },
  }
}
