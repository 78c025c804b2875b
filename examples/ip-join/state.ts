import { existsSync, rmSync, statSync } from 'node:fs'
import { openSqlite, readCheckpoint } from '@sluice/adapters/sqlite'
import type { JobOptions, JobState } from './job'
import { START, type Position } from './position'
import { Totals, totalsOf } from './totals'

/** What a job starts from, and a line that says why. */
export interface Beginning extends JobState {
  readonly says: string
}

/** Opens the database, and goes on where a job of the same files and rows was left; else begins anew. */
export async function begin(path: string, options: JobOptions, fresh: boolean): Promise<Beginning> {
  const job = JSON.stringify([options.asn, statSync(options.asn).size, options.country, statSync(options.country).size, options.rows])
  const found = existsSync(path) ? await left(path) : undefined
  if (found?.job === job && !found.at.finished && !fresh) {
    const db = await openSqlite(path, { wal: true })
    const { networks, countries } = found.at
    const says = `Going on behind row ${count(networks.rows)} of the networks and ${count(countries.rows)} of the countries. (--fresh begins anew.)`
    return { db, job, from: found.at, totals: await totalsOf(db), says }
  }
  for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
  const why = !found ? '' : fresh ? ' (--fresh)' : found.at.finished ? ': the last run is complete' : ': what was left there is of other files or rows'
  return { db: await openSqlite(path, { wal: true }), job, from: START, totals: new Totals(), says: `Beginning anew${why}.` }
}

/** Where a job was left; undefined where nothing was written yet. */
export async function left(path: string): Promise<{ readonly job: string; readonly at: Position } | undefined> {
  return (await readCheckpoint(path, 'ip-join')) as { job: string; at: Position } | undefined
}

function count(value: number): string {
  return value.toLocaleString('en')
}
