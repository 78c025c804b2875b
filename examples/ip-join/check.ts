/*
 * An independent look at the result: loads both files and the database as a whole, joins them the simple way, and shares no
 * code with the job. `npx tsx --tsconfig examples/tsconfig.run.json examples/ip-join/check.ts DATABASE ASN.csv COUNTRY.csv`
 */
import { readFileSync } from 'node:fs'
import { isIPv4 } from 'node:net'
import { pathToFileURL } from 'node:url'
import { parse } from 'csv-parse/sync'
import { toArray } from 'sluice'
import { openSqlite, sqliteQuery } from '@sluice/adapters/sqlite'

type Line = readonly [fields: string[], line: number]
interface Part {
  readonly start: number
  readonly end: number
}

/** What the database should hold, as texts. `rows` is how many networks to take. */
export function expected(asn: string, country: string, rows = Infinity): { networks: string[]; rejects: string[] } {
  const rejects: string[] = []
  const reject = (file: string, line: number, reason: string): void => { rejects.push(JSON.stringify([file, line, reason])) }
  const good = (file: string, lines: Line[], columns: number, third: RegExp, missing: string): (Part & { readonly of: Line })[] => {
    let last = -1
    return lines.flatMap((of) => {
      const [fields] = of
      const [from = '', to = '', fact = ''] = fields
      const start = number(from)
      const end = number(to)
      const reason = fields.some((field) => field.includes('\0')) ? 'a NUL character, which no text of the database can hold'
        : fields.length !== columns ? `expected ${columns} columns, found ${fields.length}`
        : !isIPv4(from) ? `no IPv4 address: ${JSON.stringify(from)}`
        : !isIPv4(to) ? `no IPv4 address: ${JSON.stringify(to)}`
        : end < start ? `ends (${to}) before it starts (${from})`
        : start <= last ? `overlaps a row before it, or is out of order: ${from}`
        : !third.test(fact) || Number(fact) > 2 ** 32 - 1 ? `${missing}: ${JSON.stringify(fact)}` : undefined
      if (reason === undefined) last = end
      else reject(file, of[1], reason)
      return reason === undefined ? [{ start, end, of }] : []
    })
  }
  const left = good('networks', read(asn).slice(0, rows), 4, /^\d{1,10}$/, 'no AS number')
  const right = good('countries', read(country), 3, /^[A-Z]{2}$/, 'no country code')
  const networks = left.flatMap(({ start, end, of }) => {
    const [fields, line] = of
    const found: string[] = []
    for (let i = firstEndingAt(right, start); i < right.length && (right[i] as Part).start <= end; i++) {
      const other = right[i] as (typeof right)[number]
      found.push(JSON.stringify([Math.max(start, other.start), Math.min(end, other.end), other.of[0][2], Number(fields[2]), fields[3], line]))
    }
    if (found.length === 0) reject('networks', line, 'no country is known for any of its addresses')
    return found
  })
  return { networks, rejects }
}

/** What the database holds, as texts. */
export async function actual(path: string): Promise<{ networks: string[]; rejects: string[] }> {
  const db = await openSqlite(path)
  const all = async (sql: string): Promise<unknown[][]> => (await sqliteQuery(db, sql).to(toArray()).run()).map((row) => Object.values(row))
  const networks = await all('SELECT start, "end", country, asn, organisation, line FROM networks ORDER BY start')
  const rejects = await all('SELECT file, line, reason FROM rejects')
  db.close()
  return {
    networks: networks.map((row) => JSON.stringify(row)),
    rejects: rejects.map((row) => JSON.stringify(row)),
  }
}

/** The first thing that is different; undefined where nothing is. `partly`: only some of the countries were read. */
export function difference(wanted: ReturnType<typeof expected>, found: ReturnType<typeof expected>, partly = false): string | undefined {
  // Of a part of the networks, the countries behind them were never looked at.
  const compared = (rejects: string[]): string[] => rejects.filter((text) => !partly || text.startsWith('["networks"')).sort()
  for (const [name, a, b] of [['networks', wanted.networks, found.networks], ['rejects', compared(wanted.rejects), compared(found.rejects)]] as const) {
    const at = a.findIndex((text, index) => text !== b[index])
    if (at >= 0 || a.length !== b.length) return `${name}: expected ${a.length}, found ${b.length}; first at ${at}: ${a[at]} / ${b[at]}`
  }
  return undefined
}

function read(path: string): Line[] {
  const records = parse(readFileSync(path), { info: true, relax_column_count: true, skip_empty_lines: true }) as unknown as { record: string[]; info: { lines: number } }[]
  return records.map(({ record, info }) => [record, info.lines])
}

function number(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0)
}

function firstEndingAt(ranges: readonly Part[], start: number): number {
  let low = 0
  for (let high = ranges.length; low < high; ) {
    const middle = (low + high) >> 1
    if ((ranges[middle] as Part).end < start) low = middle + 1
    else high = middle
  }
  return low
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const [, , path = '', asn = '', country = ''] = process.argv
  const wrong = difference(expected(asn, country), await actual(path))
  console.log(wrong ?? 'The database holds exactly what the files say.')
  process.exitCode = wrong === undefined ? 0 : 1
}
