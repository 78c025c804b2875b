import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { JobOptions } from './job'

/** What the command line asks for. */
export interface Options extends JobOptions {
  readonly out: string
  readonly fresh: boolean
  readonly help: boolean
  readonly quiet: boolean
  /** Shows the stages at work, in place of the bar. */
  readonly top: boolean
  /** Serves the live page while the job runs. */
  readonly inspect: boolean
}

export const HELP = `Joins who announces an IPv4 address with where it is, into an SQLite database.

  npm start -- [options]

  --asn FILE       networks: start, end, AS number, organisation   (default: @ip-location-db/asn)
  --country FILE   countries: start, end, country code             (default: @ip-location-db/geo-whois-asn-country)
  --out FOLDER     where results go                                (default: examples/ip-join/out)
  --rows N         stop after so many networks                     (default: all)
  --batch N        networks written in one transaction             (default: 500)
  --buffer N       rows each file may be read ahead                (default: 1024)
  --concurrency N  batches made into rows at once                  (default: 4)
  --fresh          begin anew, even if a run was left unfinished
  --quiet          no progress
  --top            the stages at work, in place of the bar
  --inspect        the live page of the run: its address is printed
  --help           this text

Both files are CSV without a header, a row on each line, sorted by start. Killed or stopped in the middle, it goes on where it was when it is
started again; after a complete run it begins anew. Ctrl-C stops gracefully and keeps what was done; a second one aborts.`

/** A mistake on the command line: told in one line, with exit code 2. */
export class UsageError extends Error {}

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const out = resolve(values.out ?? join(dirname(fileURLToPath(import.meta.url)), 'out'))
  const options = {
    asn: file('--asn', values.asn, '@ip-location-db/asn/asn-ipv4.csv'),
    country: file('--country', values.country, '@ip-location-db/geo-whois-asn-country/geo-whois-asn-country-ipv4.csv'),
    out,
    rows: whole('--rows', values.rows, Number.MAX_SAFE_INTEGER),
    batch: whole('--batch', values.batch, 500),
    buffer: whole('--buffer', values.buffer, 1024),
    concurrency: whole('--concurrency', values.concurrency, 4),
    fresh: values.fresh ?? false,
    help: values.help ?? false,
    quiet: values.quiet ?? false,
    inspect: values.inspect ?? false,
    top: values.top ?? false,
  }
  if (!options.help) folder(out)
  return options
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const flag = { type: 'boolean' } as const
  try {
    return parseArgs({
      args: [...args],
      options: {
        asn: text, country: text, out: text, rows: text, batch: text, buffer: text, concurrency: text,
        fresh: flag, quiet: flag, inspect: flag, top: flag, help: { type: 'boolean', short: 'h' },
      },
    })
  } catch (error) {
    throw new UsageError(`${(error as Error).message} Try: npm start -- --help`)
  }
}

function file(option: string, given: string | undefined, shipped: string): string {
  if (given === undefined) return createRequire(import.meta.url).resolve(shipped)
  const path = resolve(given)
  if (!existsSync(path)) throw new UsageError(`${option}: no such file: ${path}`)
  return path
}

function whole(option: string, given: string | undefined, otherwise: number): number {
  if (given === undefined) return otherwise
  const count = Number(given)
  if (Number.isSafeInteger(count) && count > 0) return count
  throw new UsageError(`${option}: expected a whole number above 0, got ${JSON.stringify(given)}`)
}

function folder(path: string): void {
  try {
    mkdirSync(path, { recursive: true })
  } catch (error) {
    throw new UsageError(`--out: cannot make the folder ${path}: ${(error as Error).message}`)
  }
}
