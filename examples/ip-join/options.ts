import { existsSync, mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import type { JobOptions } from './job'

/** What the command line asks for. */
export interface Options extends JobOptions {
  readonly help: boolean
  readonly quiet: boolean
}

export const HELP = `Joins who announces an IPv4 address with where it is.

  npm start -- [options]

  --asn FILE       networks: start, end, AS number, organisation   (default: @ip-location-db/asn)
  --country FILE   countries: start, end, country code             (default: @ip-location-db/geo-whois-asn-country)
  --out FOLDER     where results go                                (default: examples/ip-join/out)
  --limit ROWS     stop after so many networks                     (default: all)
  --buffer ROWS    rows each file may be read ahead                (default: 1024)
  --concurrency N  groups of 256 networks rendered at once         (default: 4)
  --quiet          no progress
  --help           this text

Both files are CSV without a header, sorted by start. Ctrl-C stops gracefully and keeps what was done; a second Ctrl-C aborts.`

/** A mistake on the command line: told in one line, with exit code 2. */
export class UsageError extends Error {}

export function readOptions(args: readonly string[]): Options {
  const { values } = parse(args)
  const out = resolve(values.out ?? join(dirname(fileURLToPath(import.meta.url)), 'out'))
  const options = {
    asn: file('--asn', values.asn, '@ip-location-db/asn/asn-ipv4.csv'),
    country: file('--country', values.country, '@ip-location-db/geo-whois-asn-country/geo-whois-asn-country-ipv4.csv'),
    out,
    limit: rows('--limit', values.limit, Infinity),
    buffer: rows('--buffer', values.buffer, 1024),
    concurrency: rows('--concurrency', values.concurrency, 4),
    help: values.help === true,
    quiet: values.quiet === true,
  }
  if (!options.help) folder(out)
  return options
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        asn: { type: 'string' }, country: { type: 'string' }, out: { type: 'string' }, limit: { type: 'string' },
        buffer: { type: 'string' }, concurrency: { type: 'string' }, quiet: { type: 'boolean' }, help: { type: 'boolean', short: 'h' },
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

function rows(option: string, given: string | undefined, otherwise: number): number {
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
