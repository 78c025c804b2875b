import type { Pipeline, Source } from 'sluice'
import type { SqliteHandle, WrittenRows } from '@sluice/adapters/sqlite'
import { alsoTo, batch, buffer, map, mapAsync, mergeSorted, route, take } from 'sluice'
import { validator, type Entry } from './entry'
import { inOrder } from './in-order'
import type { JoinEvent, Position } from './position'
import { rows, type FileName, type Reading } from './rows'
import { sweep } from './sweep'
import { database, toBatch } from './tables'
import type { Totals } from './totals'

/** What the job needs to know. */
export interface JobOptions {
  readonly asn: string
  readonly country: string
  /** Rows of the networks file; Number.MAX_SAFE_INTEGER for all. */
  readonly rows: number
  /** Rows each file may be read ahead while the other one is waited for. */
  readonly buffer: number
  /** Batches made into rows at once. */
  readonly concurrency: number
  /** Events in a batch, which is written in one transaction. */
  readonly batch: number
}

/** What the job starts from. */
export interface JobState {
  readonly db: SqliteHandle
  /** Of which files and options, so that another job does not go on from it. */
  readonly job: string
  readonly from: Position
  readonly totals: Totals
}

/** A job put together: what to run, and the figures it fills. */
export interface Job {
  readonly pipeline: Pipeline<WrittenRows>
  readonly reading: Readonly<Record<FileName, Reading>>
}

/** Joins networks with countries; see the README for the picture. */
export function ipJoin(options: JobOptions, { db, job, from, totals }: JobState): Job {
  const reading = { networks: { bytes: 0 }, countries: { bytes: 0 } }

  /** The rows of a file behind those that are done, looked at and read ahead. */
  const entries = (file: FileName, path: string, limit: number): Source<Entry> => {
    const done = from[file]
    return rows(file, path, done.rows, reading[file]).pipe(
      take(Math.max(0, limit - done.rows)),
      map(validator(done.last), { name: `validate ${file}` }),
      buffer(options.buffer, { name: `${file} ahead` }),
    )
  }

  const pipeline = entries('networks', options.asn, options.rows)
    .pipe(
      mergeSorted([entries('countries', options.country, Number.MAX_SAFE_INTEGER)], (a, b) => a.at - b.at),
      sweep(from, options.rows),
      route<JoinEvent, Record<JoinEvent['kind'], (events: Source<JoinEvent>) => Source<JoinEvent>>>({
        resolved: (events) => events.pipe(alsoTo(totals.sink())),
        unresolved: (events) => events,
        malformed: (events) => events,
        finished: (events) => events,
      }, ({ kind }) => kind),
      inOrder(from.events),
      batch(options.batch),
      // Joining goes on while earlier batches are made into rows and written.
      mapAsync(async (events) => toBatch(events), { concurrency: options.concurrency, name: 'to rows' }),
    )
    .to(database(db, job, options.batch))
  return { pipeline, reading }
}
