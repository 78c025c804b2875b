import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream'
import { parse } from 'csv-parse'
import type { Source } from '@sluice/core'
import { fromNode } from '@sluice/adapters/node-streams'
import { map } from '@sluice/operators'

export type FileName = 'networks' | 'countries'

/** A row of a CSV file, with where it stands. */
export interface Row {
  readonly file: FileName
  /** 1 for the first row; empty lines do not count. */
  readonly number: number
  /** The line it ends on, counted from 1. */
  readonly line: number
  readonly fields: readonly string[]
}

/** How far a file was read ahead, for the progress. */
export interface Reading {
  bytes: number
}

/** The rows of a CSV file behind the first `done`: a 64 KiB piece and the parser's buffer are all that is in memory. */
export function csvRows(file: FileName, path: string, done: number, reading: Reading): Source<Row> {
  interface Record {
    readonly record: string[]
    readonly info: { readonly lines: number; readonly records: number }
  }
  const open = () => {
    const bytes = createReadStream(path)
    bytes.on('data', (chunk) => (reading.bytes += chunk.length))
    const parser = parse({ info: true, from: done + 1, relax_column_count: true, skip_empty_lines: true, max_record_size: 64 * 1024 })
    // It hands failures on, to the parser and from there to the run.
    return pipeline(bytes, parser, () => {})
  }
  return fromNode<Record>(open, { name: file }).pipe(
    map(({ record, info }) => ({ file, number: info.records, line: info.lines, fields: record }), { name: `${file} rows` }),
  )
}
