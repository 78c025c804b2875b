import { existsSync, mkdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { JobOptions } from './job'
import { FORMATS, type Format, type Size } from './render'

/** What the command line asks for. */
export interface Options extends JobOptions {
  /** True where the photos are drawn first. */
  readonly draws: boolean
  readonly help: boolean
  readonly quiet: boolean
  /** Serves the live page while the job runs. */
  readonly inspect: boolean
}

/** Photos that are drawn: enough for a contact sheet without repetition. */
export const DRAWN = 24
export const SIZES: readonly Size[] = [{ name: 'large', edge: 1600 }, { name: 'medium', edge: 800 }, { name: 'small', edge: 320 }]

export const HELP = `Photos in three sizes, watermarked, as WebP and AVIF, on a server that has bad days; and a contact sheet.

  npx tsx --tsconfig examples/tsconfig.run.json examples/image-pipeline/main.ts [options]

  --in FOLDER      photos                                     (default: ${DRAWN} of 12 megapixels, drawn once into OUT/photos)
  --out FOLDER     where everything goes                      (default: examples/image-pipeline/out)
  --count PHOTOS   how many; the folder is gone through again where it has fewer      (default: each one once)
  --workers N      photos rendered at once                    (default: 4)
  --uploads N      files sent at once                         (default: 2)
  --memory MIB     bound for what is held, pixels and files   (default: 288; a photo may be (7/8 MIB)/(workers + 3))
  --formats LIST   of ${FORMATS.join(', ')}                              (default: both)
  --quality Q      1 to 100                                   (default: 78)
  --quiet          no progress
  --inspect        the live page of the run: its address is printed
  --help           this text

Ctrl-C stops gracefully and keeps what was done; a second Ctrl-C aborts.
With more than 4 workers give libuv more threads: UV_THREADPOOL_SIZE=8 npx tsx …`

/** A mistake on the command line: told in one line, with exit code 2. */
export class UsageError extends Error {}

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const out = resolve(values.out ?? join(dirname(fileURLToPath(import.meta.url)), 'out'))
  const input = values.in === undefined ? join(out, 'photos') : resolve(values.in)
  if (values.in !== undefined && !existsSync(input)) throw new UsageError(`--in: no such folder: ${input}`)
  const options = {
    input, out, sizes: SIZES, tiles: DRAWN, draws: values.in === undefined,
    count: whole('--count', values.count, values.in === undefined ? DRAWN : Infinity),
    workers: whole('--workers', values.workers, 4, 64),
    uploads: whole('--uploads', values.uploads, 2, 64),
    memory: whole('--memory', values.memory, 288) * 2 ** 20,
    quality: whole('--quality', values.quality, 78, 100),
    formats: formats(values.formats),
    help: values.help === true,
    quiet: values.quiet === true,
    inspect: values.inspect === true,
  }
  if (!options.help) folder(out)
  return options
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  try {
    return parseArgs({ args: [...args], options: {
      in: text, out: text, count: text, workers: text, uploads: text, memory: text, formats: text, quality: text,
      quiet: { type: 'boolean' }, inspect: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
    } })
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Try: --help`)
  }
}

function formats(given: string | undefined): readonly Format[] {
  const names = given === undefined ? [...FORMATS] : given.split(',').map((name) => name.trim())
  const known = FORMATS.filter((format) => names.includes(format))
  if (known.length === names.length) return known
  throw new UsageError(`--formats: expected one or more of ${FORMATS.join(',')}, got ${JSON.stringify(given)}`)
}

function whole(option: string, given: string | undefined, otherwise: number, most = Number.MAX_SAFE_INTEGER): number {
  if (given === undefined) return otherwise
  const count = Number(given)
  if (Number.isSafeInteger(count) && count > 0 && count <= most) return count
  throw new UsageError(`${option}: expected a whole number above 0${most < 1000 ? `, at most ${most}` : ''}, got ${JSON.stringify(given)}`)
}

function folder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new UsageError(`--out: cannot make the folder ${path}: ${(error as Error).message}`)
  }
}
