import type { Sink } from 'sluice'
import { sqliteTables, type SqliteHandle, type SqliteRows, type TableOptions, type WrittenRows } from '@sluice/adapters/sqlite'
import type { JoinEvent, Position } from './position'

/** The tables of the result. A row that is written twice is an error, not a correction: nothing is ever done twice. */
const TABLES = {
  networks: {
    columns: { start: 'integer', end: 'integer', country: 'text', asn: 'integer', organisation: 'text', line: 'integer' },
    key: ['start'],
  },
  rejects: { columns: { file: 'text', line: 'integer', reason: 'text', text: 'text' }, key: ['file', 'line'] },
} as const satisfies Record<string, TableOptions>

/** Rows of one batch of events, and the position behind them. */
export interface Batch extends SqliteRows<keyof typeof TABLES> {
  readonly at: Position
}

/** Turns events into rows. */
export function toBatch(events: readonly JoinEvent[]): Batch {
  const networks: object[] = []
  const rejects: object[] = []
  for (const event of events) {
    if (event.kind === 'resolved') {
      const { fact, organisation, line } = event.network
      const asn = Number(fact)
      for (const { start, end, country } of event.parts) networks.push({ start, end, country, asn, organisation, line })
    } else if (event.kind === 'unresolved') {
      const { line, text } = event.network
      rejects.push({ file: 'networks', line, reason: 'no country is known for any of its addresses', text: shown(text) })
    } else if (event.kind === 'malformed') {
      const { file, line, text } = event.row
      rejects.push({ file, line, reason: event.reason, text: shown(text) })
    }
  }
  return { networks, rejects, at: (events.at(-1) as JoinEvent).at }
}

/** A text as the database can hold it: a NUL character as the sign for it, and no more than is worth looking at. */
function shown(text: string): string {
  return (text.length > 1000 ? `${text.slice(0, 1000).replace(/\p{Surrogate}$/u, '')}…` : text).replaceAll('\0', '\u2400')
}

/** Writes batches, each with its position, in one transaction. `job` says of what it is the position. */
export function database(db: SqliteHandle, job: string, rows: number): Sink<Batch, WrittenRows> {
  return sqliteTables<keyof typeof TABLES, Batch>(db, TABLES, {
    rows: ({ networks, rejects }) => ({ networks, rejects }),
    batch: rows,
    checkpoint: { name: 'ip-join', of: ({ at }) => ({ job, at }) },
  })
}
