import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Where an inspected process of this user is found. */
export interface Found {
  readonly pid: number
  /** With the token behind the `#`. */
  readonly url: string
  /** The script that it runs. */
  readonly title: string
  /** When it began to be inspected, in ms since 1970. */
  readonly startedAt: number
}

/** The folder in which inspected processes of this user leave a note: nobody else may look into it. */
export function discoveryFolder(): string {
  return join(tmpdir(), `sluice-${process.getuid?.() ?? 'user'}`)
}

/**
 * Leaves a note of this process, for the command line tools of the same user. It goes when the process ends.
 *
 * @returns takes the note away; undefined where none could be left.
 */
export function announce(found: Found): (() => void) | undefined {
  const folder = discoveryFolder()
  const file = join(folder, `${found.pid}.json`)
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    if (!isOurs(folder)) return undefined
    // What a dead process of the same number has left is no file to write into: it may be a link to another one.
    rmSync(file, { force: true })
    writeFileSync(file, JSON.stringify(found), { mode: 0o600, flag: 'wx' })
  } catch {
    return undefined
  }
  const withdraw = (): void => {
    process.off('exit', withdraw)
    rmSync(file, { force: true })
  }
  process.once('exit', withdraw)
  return withdraw
}

/**
 * The inspected processes of this user, those that began last first. Notes of processes that are gone are cleared away.
 *
 * @example
 * ```ts
 * import { inspectedProcesses } from '@sluice/inspector'
 *
 * for (const { pid, title } of inspectedProcesses()) console.log(pid, title)
 * ```
 */
export function inspectedProcesses(): readonly Found[] {
  const folder = discoveryFolder()
  let names: readonly string[]
  try {
    names = isOurs(folder) ? readdirSync(folder) : []
  } catch {
    return []
  }
  return names.filter((name) => /^\d+\.json$/.test(name)).flatMap((name) => noteAt(join(folder, name)) ?? []).sort((a, b) => b.startedAt - a.startedAt)
}

function noteAt(file: string): Found | undefined {
  try {
    if (!isOurs(file)) return undefined
    const { pid, url, title, startedAt } = JSON.parse(readFileSync(file, 'utf8')) as Partial<Record<keyof Found, unknown>>
    if (typeof pid !== 'number' || typeof url !== 'string' || typeof title !== 'string' || typeof startedAt !== 'number') return undefined
    if (isAlive(pid)) return { pid, url, title, startedAt }
    rmSync(file, { force: true })
  } catch {
    // Half written, or gone meanwhile.
  }
  return undefined
}

/** True where nobody else owns it, may read it, or may write it. */
function isOurs(path: string): boolean {
  const { uid, mode } = statSync(path)
  return process.getuid === undefined || (uid === process.getuid() && (mode & 0o077) === 0)
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
