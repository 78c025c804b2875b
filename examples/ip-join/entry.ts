import { addressNumber } from './address'
import { csvFields } from './fields'
import type { FileName, Row } from './rows'

/** Addresses from `start` to `end`, both included, with what its row says of them: an AS number or a country. */
export interface Range {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly fact: string
  /** Of a network. */
  readonly organisation: string
  readonly text: string
}

/** A row that was looked at: a range, or the reason why it is none. */
export interface Entry {
  readonly row: Row
  /** What entries are merged by: the start of the range; for a row that is none, the end of the one before it. */
  readonly at: number
  readonly range: Range | undefined
  readonly reason: string
}

const COLUMNS: Readonly<Record<FileName, number>> = { networks: 4, countries: 3 }

/** Looks at the rows of one file in turn; `last` is the end of the last range before them, -1 where there is none. */
export function validator(last: number): (row: Row) => Entry {
  let end = last
  return (row) => {
    const found = check(row, end)
    if (typeof found === 'string') return { row, at: end, range: undefined, reason: found }
    end = found.end
    return { row, at: found.start, range: found, reason: '' }
  }
}

/** The longest row; the longest ones of the real files have some hundred characters. */
const LONGEST = 10_000

/** A range, or what is wrong with the row. */
function check({ file, line, text }: Row, last: number): Range | string {
  if (text.includes('\0')) return 'a NUL character, which no text of the database can hold'
  if (text.length > LONGEST) return `longer than ${LONGEST} characters`
  const fields = csvFields(text)
  if (!fields) return 'wrong quotes'
  if (fields.length !== COLUMNS[file]) return `expected ${COLUMNS[file]} columns, found ${fields.length}`
  const from = fields[0] as string
  const to = fields[1] as string
  const fact = fields[2] as string
  const start = addressNumber(from)
  const end = addressNumber(to)
  if (start === undefined) return `no IPv4 address: ${JSON.stringify(from)}`
  if (end === undefined) return `no IPv4 address: ${JSON.stringify(to)}`
  if (end < start) return `ends (${to}) before it starts (${from})`
  if (start <= last) return `overlaps a row before it, or is out of order: ${from}`
  if (file === 'networks' && (!/^\d{1,10}$/.test(fact) || Number(fact) > 0xffffffff)) return `no AS number: ${JSON.stringify(fact)}`
  if (file === 'countries' && !/^[A-Z]{2}$/.test(fact)) return `no country code: ${JSON.stringify(fact)}`
  return { start, end, line, fact, organisation: fields[3] ?? '', text }
}
