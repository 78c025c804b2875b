import { statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { extname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { UsageError } from './usage-error'

const TYPESCRIPT = new Set(['.ts', '.mts', '.cts', '.tsx'])

/** A file that is to be run, and what Node needs to read it. */
export interface ProgramFile {
  readonly path: string
  /** Arguments of Node. */
  readonly nodeArgs: readonly string[]
}

/**
 * Finds a program.
 *
 * TypeScript is read by `tsx`, from the project of the file or from where the command is given; without it, by Node itself where it can.
 *
 * @throws UsageError where there is no such file, or nothing that reads it.
 */
export function programFile(given: string): ProgramFile {
  const path = resolve(given)
  if (!isFile(path)) throw new UsageError(`No such file: ${path}`)
  if (!TYPESCRIPT.has(extname(path))) return { path, nodeArgs: [] }
  const tsx = [path, join(process.cwd(), 'here'), import.meta.url].map(tsxFrom).find((found) => found !== undefined)
  if (tsx !== undefined) return { path, nodeArgs: ['--import', pathToFileURL(tsx).href] }
  if ((process.features as { readonly typescript?: unknown }).typescript) return { path, nodeArgs: [] }
  throw new UsageError(`${path} is TypeScript, which Node ${process.version} does not read by itself: npm install --save-dev tsx`)
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
