import { rmSync, statSync } from 'node:fs'
import { openSqlite, readCheckpoint, type SqliteHandle } from '@sluice/adapters/sqlite'
import type { JobOptions, JobState } from './job'
import { START, type Position } from './position'
import { number } from './summary'
import { Totals, totalsOf } from './totals'

/** What a job starts from, and a line that says why. */
export interface Beginning extends JobState {
  readonly says: string
}

/** Opens the database, and goes on where a job of the same files and rows was left; else begins anew. */
export async function begin(path: string, options: JobOptions, fresh: boolean): Promise<Beginning> {
  if (fresh) for (const suffix of ['', '-wal', '-shm', '-journal']) rmSync(path + suffix, { force: true })
  const db = await openSqlite(path, { wal: true })
  const job = JSON.stringify([options.asn, statSync(options.asn).size, options.country, statSync(options.country).size, options.rows])
  const found = await left(db)
  if (found?.job === job && !found.at.finished) {
    const { networks, countries } = found.at
    const says = `Going on behind row ${number(networks.rows)} of the networks and ${number(countries.rows)} of the countries. (--fresh begins anew.)`
    return { db, job, from: found.at, totals: await totalsOf(db), says }
  }
  db.exec('BEGIN; DROP TABLE IF EXISTS networks; DROP TABLE IF EXISTS rejects; DROP TABLE IF EXISTS sluice_checkpoints; COMMIT')
  const why = !found ? '' : found.at.finished ? ': the last run is complete' : ': what was left there is of other files or rows'
  return { db, job, from: START, totals: new Totals(), says: `Beginning anew${why}.` }
}

/** Where a job was left; undefined where nothing was written yet. */
export async function left(database: string | SqliteHandle): Promise<{ readonly job: string; readonly at: Position } | undefined> {
  return (await readCheckpoint(database, 'ip-join')) as { job: string; at: Position } | undefined
}

/** Closes the database, as one file without its log. */
export function finish(db: SqliteHandle): void {
  try {
    db.exec('PRAGMA journal_mode = DELETE')
  } catch {
    // Somebody else has it open. The log stays, and is as good.
  }
  db.close()
}
