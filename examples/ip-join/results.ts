import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { toArray } from 'sluice'
import { writeNdjson } from '@sluice/adapters/files'
import { sqliteQuery, type SqliteHandle } from '@sluice/adapters/sqlite'
import type { Position } from './position'
import { largest, type Totals } from './totals'

/** Where everything goes. */
export function filesOf(out: string) {
  return { database: join(out, 'networks.db'), rejects: join(out, 'rejects.ndjson'), chart: join(out, 'countries.svg') }
}

/** The dead letters as a file. They live in the database, so they are exactly those of the rows that are done. */
export async function writeRejects(db: SqliteHandle, path: string): Promise<void> {
  await sqliteQuery(db, 'SELECT * FROM rejects ORDER BY file, line').to(writeNdjson(path)).run()
}

export async function writeChart(totals: Totals, path: string): Promise<void> {
  // Only now: loading it takes longer than drawing with it.
  const { barChart } = await import('./chart')
  writeFileSync(path, barChart('IPv4 addresses by country, in millions', largest(totals.countries, 20)))
}

/** The name of a network, as its first row has it. */
export async function organisationOf(db: SqliteHandle, asn: number): Promise<string> {
  const [row] = await sqliteQuery<{ organisation: string }>(db, 'SELECT organisation FROM networks WHERE asn = ? ORDER BY start LIMIT 1', [asn]).to(toArray()).run()
  return row?.organisation ?? ''
}

/** Rows of the networks file and what became of them, counted in the database. `lost` must be 0. */
export async function balance(db: SqliteHandle, at: Position) {
  const [counts] = await sqliteQuery<{ joined: number; rejected: number; rejectedCountries: number; parts: number }>(db, `
    SELECT (SELECT count(DISTINCT line) FROM networks) AS joined, (SELECT count(*) FROM networks) AS parts,
      (SELECT count(*) FROM rejects WHERE file = 'networks') AS rejected, (SELECT count(*) FROM rejects WHERE file = 'countries') AS rejectedCountries`)
    .to(toArray()).run()
  const { joined, rejected, rejectedCountries, parts } = counts as NonNullable<typeof counts>
  // The network that is being joined right now is read, but not done.
  const done = at.networks.rows - (at.network ? 1 : 0)
  const lost = done - joined - rejected + Math.abs(at.countries.malformed - rejectedCountries)
  return { networks: done, joined, rejected, countries: at.countries.rows, rejectedCountries, parts, lost }
}

/** How many rows were rejected for which reason; without the values, so that a broken file does not make a reason a row. */
export async function reasons(db: SqliteHandle): Promise<[reason: string, count: number][]> {
  const counts = new Map<string, number>()
  for await (const { reason } of sqliteQuery<{ reason: string }>(db, 'SELECT reason FROM rejects')) {
    const kind = reason.replace(/[:(].*/, '').trim()
    counts.set(kind, (counts.get(kind) ?? 0) + 1)
  }
  return [...counts].sort(([, a], [, b]) => b - a)
}
