import { createReadStream } from 'node:fs'
import { parse } from 'csv-parse'
import { defer, type Decide, type Source } from '@sluice/core'
import { map } from '@sluice/operators'
import { addressNumber } from './address'

/** A row of a CSV file, with the line it stands in. */
export interface Row {
  readonly file: string
  readonly line: number
  readonly fields: readonly string[]
}

/** Addresses from `start` to `end`, both included, with what the file says of them. */
export interface Range<F> {
  readonly start: number
  readonly end: number
  readonly facts: F
  readonly row: Row
}

/** Why a row was given up. */
export class RowError extends Error {
  override readonly name = 'RowError'
}

/** Counts what was read of a file. */
export interface Reading {
  rows: number
  bytes: number
}

/** The rows of a CSV file, read as a stream: a 64 KiB piece and the parser's buffer are all that is in memory. */
export function csvRows(file: string, reading: Reading): Source<Row> {
  return defer(() => {
    const bytes = createReadStream(file)
    const parser = parse({ info: true, relax_column_count: true, skip_empty_lines: true, max_record_size: 64 * 1024 })
    bytes.on('data', (chunk) => (reading.bytes += chunk.length))
    // `pipe` does not hand on failures.
    bytes.on('error', (error) => parser.destroy(error))
    return rows(file, bytes.pipe(parser), reading)
  })
}

async function* rows(
  file: string,
  records: AsyncIterable<{ record: string[]; info: { lines: number } }>,
  reading: Reading,
): AsyncGenerator<Row> {
  for await (const { record, info } of records) {
    reading.rows++
    yield { file, line: info.lines, fields: record }
  }
}

/** Rows as ranges in ascending order; a row that is malformed or out of order goes where `onError` says. */
export function ranges<F>(
  rows: Source<Row>,
  columns: number,
  factsOf: (fields: readonly string[]) => F,
  onError: Decide<Row>,
): Source<Range<F>> {
  let last = -1
  const check = (row: Row): Range<F> => {
    const { fields } = row
    if (fields.length !== columns) throw new RowError(`expected ${columns} columns, found ${fields.length}`)
    const start = addressNumber(fields[0] ?? '')
    const end = addressNumber(fields[1] ?? '')
    if (start === undefined) throw new RowError(`no IPv4 address: ${JSON.stringify(fields[0])}`)
    if (end === undefined) throw new RowError(`no IPv4 address: ${JSON.stringify(fields[1])}`)
    if (end < start) throw new RowError(`ends (${fields[1]}) before it starts (${fields[0]})`)
    if (start <= last) throw new RowError(`overlaps a row before it, or is out of order: ${fields[0]}`)
    const range = { start, end, facts: factsOf(fields), row }
    last = end
    return range
  }
  return rows.pipe(map(check, { name: 'validate', onError }))
}

/** Columns 3 and 4 of the networks file. */
export function networkOf(fields: readonly string[]): Network {
  const [, , asn = '', organisation = ''] = fields
  if (!/^\d{1,10}$/.test(asn) || Number(asn) > 0xffffffff) throw new RowError(`no AS number: ${JSON.stringify(asn)}`)
  return { asn: Number(asn), organisation }
}

/** Column 3 of the countries file. */
export function countryOf(fields: readonly string[]): string {
  const [, , country = ''] = fields
  if (!/^[A-Z]{2}$/.test(country)) throw new RowError(`no country code: ${JSON.stringify(country)}`)
  return country
}

/** Who announces a range. */
export interface Network {
  readonly asn: number
  readonly organisation: string
}
