import { existsSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from './usage-error'

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])

/** A file that is to be run, and what Node needs to read it. */
export interface ProgramFile {
  readonly path: string
  /** Arguments of Node. */
  readonly nodeArgs: readonly string[]
  /** What the environment has beside what is there. */
  readonly env: Readonly<Record<string, string>>
}

/**
 * Finds a program.
 *
 * TypeScript is read by `tsx`, from the project of the file or from where the command is given, and with the `tsconfig.json` that an editor takes
 * for the file; without it, by Node itself where it can.
 *
 * @throws UsageError where there is no such file, or nothing that reads it.
 */
export function programFile(given: string): ProgramFile {
  const path = resolve(given)
  if (!isFile(path)) throw new UsageError(`${existsSync(path) ? 'Not a file' : 'No such file'}: ${path}`)
  if (!TYPESCRIPT.has(extname(path))) return { path, nodeArgs: [], env: {} }
  const tsx = [path, join(process.cwd(), 'here'), import.meta.url].map(tsxFrom).find((found) => found !== undefined)
  if (tsx !== undefined) return { path, nodeArgs: ['--import', pathToFileURL(tsx).href], env: projectOf(path) }
  if ((process.features as { readonly typescript?: unknown }).typescript) return { path, nodeArgs: [], env: {} }
  throw new UsageError(`${path} is TypeScript, which Node ${process.version} does not read by itself: npm install --save-dev tsx`)
}

/** `tsx` by itself takes the `tsconfig.json` of where the command is given, and knows no `paths` of another project. */
function projectOf(path: string): Readonly<Record<string, string>> {
  const own = configAbove(dirname(path))
  if (process.env['TSX_TSCONFIG_PATH'] !== undefined || own === undefined || own === configAbove(process.cwd())) return {}
  return { TSX_TSCONFIG_PATH: own }
}

function configAbove(folder: string): string | undefined {
  const config = join(folder, 'tsconfig.json')
  if (isFile(config)) return config
  const parent = dirname(folder)
  return parent === folder ? undefined : configAbove(parent)
}

function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true
}

function tsxFrom(place: string): string | undefined {
  try {
    return createRequire(place).resolve('tsx')
  } catch {
    return undefined
  }
}
