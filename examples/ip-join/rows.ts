import type { Source } from 'sluice'
import { readBytes, readLines } from '@sluice/adapters/files'
import { enumerate, map, skip, tap } from 'sluice'

export type FileName = 'networks' | 'countries'

/** A line of one of the files. */
export interface Row {
  readonly file: FileName
  /** Counted from 1. */
  readonly line: number
  readonly text: string
}

/** How far a file was read, for the progress. */
export interface Reading {
  bytes: number
}

/** A line that is longer is no row of any kind; one that is shorter, and too long all the same, is a reject. */
const MAX_LINE_LENGTH = 16 * 1024 * 1024

/** The lines of a file behind the first `done`. A piece of 64 KiB is all that is in memory. */
export function rows(file: FileName, path: string, done: number, reading: Reading): Source<Row> {
  const bytes = readBytes(path).pipe(tap((piece) => { reading.bytes += piece.length }))
  return readLines(bytes, { maxLineLength: MAX_LINE_LENGTH }).pipe(
    skip(done),
    enumerate(done + 1),
    map(([line, text]) => ({ file, line, text }), { name: `${file} rows` }),
  )
}
