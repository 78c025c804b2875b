import { join } from 'node:path'
import { deadLetter, type DeadLetter, type Pipeline, type Sink } from '@sluice/core'
import { writeLines, type WrittenLines } from '@sluice/adapters/files'
import { batch, buffer, flatMap, map, mapAsync, take, tap } from '@sluice/operators'
import { addressText } from './address'
import { joinRanges, type Joined } from './range-join'
import { countryOf, csvRows, networkOf, ranges, RowError, type Network, type Range, type Reading, type Row } from './ranges'
import { Tally } from './tally'

/** What the job needs to know. */
export interface JobOptions {
  readonly asn: string
  readonly country: string
  readonly out: string
  /** Rows of the networks file; Infinity for all. */
  readonly limit: number
  /** Rows each file may be read ahead while the other one is waited for. */
  readonly buffer: number
  /** Groups of 256 networks rendered at once. */
  readonly concurrency: number
}

/** A job put together: what to run, and the figures it fills. */
export interface Job {
  readonly pipeline: Pipeline<WrittenLines>
  readonly networks: Reading
  readonly countries: Reading
  readonly tally: Tally
  readonly files: { readonly results: string; readonly rejects: string }
}

/** Joins networks with countries; see the README for the picture. */
export function ipJoin(options: JobOptions): Job {
  const networks = { rows: 0, bytes: 0 }
  const countries = { rows: 0, bytes: 0 }
  const tally = new Tally()
  const files = { results: join(options.out, 'networks.ndjson'), rejects: join(options.out, 'rejects.ndjson') }
  const rejected = deadLetter(rejects(files.rejects, tally))

  const rows = csvRows(options.asn, networks)
  const limited = Number.isFinite(options.limit) ? rows.pipe(take(options.limit)) : rows
  const byCountry = ranges(csvRows(options.country, countries), 3, countryOf, rejected).pipe(buffer(options.buffer, { name: 'read ahead' }))

  const pipeline = ranges(limited, 4, networkOf, rejected)
    .pipe(
      buffer(options.buffer, { name: 'read ahead' }),
      joinRanges<Network, string>(byCountry),
      map(resolved, { name: 'resolve', onError: rejected as never }),
      tap((joined) => tally.add(joined)),
      // Joining goes on while earlier groups are rendered and written.
      batch(256),
      mapAsync(async (group) => group.flatMap(lines), { concurrency: options.concurrency, name: 'render' }),
      flatMap((rendered) => rendered),
    )
    .to(writeLines(files.results))
  return { pipeline, networks, countries, tally, files }
}

/** A network that no country is known for is no result. */
function resolved(joined: Joined<Network, string>): Joined<Network, string> {
  if (joined.parts.length > 0) return joined
  throw new RowError('no country is known for any of its addresses')
}

function lines({ left, parts }: Joined<Network, string>): string[] {
  return parts.map((part) => line(left, part))
}

function line(left: Range<Network>, part: Joined<Network, string>['parts'][number]): string {
  const { asn, organisation } = left.facts
  return JSON.stringify({
    start: addressText(part.start), end: addressText(part.end), addresses: part.end - part.start + 1,
    country: part.facts, asn, organisation,
  })
}

/** Dead letters as lines: which row of which file, and why. */
function rejects(path: string, tally: Tally): Sink<DeadLetter<Row>, unknown> {
  const lines = writeLines(path)
  return {
    name: 'rejects',
    open(scope, stage) {
      const intake = lines.open(scope, stage)
      return {
        ...intake,
        write(letters, count, tickets) {
          const texts = letters.slice(0, count).map(({ item, error }) => {
            const row = 'left' in item ? (item as unknown as Joined<Network, string>).left.row : item
            tally.reject(row, error)
            return JSON.stringify({ file: row.file, line: row.line, reason: (error as Error).message, fields: row.fields })
          })
          return intake.write(texts, texts.length, tickets)
        },
      }
    },
  }
}
