import { OptionError, type Source } from '@sluice/core'
import { wholeNumber } from '@sluice/core/authoring'
import type { AsyncBuffer, Compressors, ParquetParsers } from 'hyparquet'
import { batchSource } from '../batches/batch-source'
import { GroupReader } from './group-reader'

/** A row by the names of its columns. */
export type ParquetRow = Record<string, unknown>

/** Options of {@link readParquet}. */
export interface ReadParquetOptions {
  /** The columns that are read; the bytes of others are not. Default: all. */
  readonly columns?: readonly string[] | undefined
  /** The first row, counted from 0. Row groups before it are not read. Default 0. */
  readonly rowStart?: number | undefined
  /** The row after the last one. Default: the end of the file. */
  readonly rowEnd?: number | undefined
  /** Decompressors beyond Snappy and none, as the package `hyparquet-compressors` has them. */
  readonly compressors?: Compressors | undefined
  /** How dates, timestamps, JSON and the like become values: see hyparquet. */
  readonly parsers?: Partial<ParquetParsers> | undefined
  /** Shown in failures, stats and the graph. Default `'readParquet'`. */
  readonly name?: string | undefined
}

/**
 * The rows of a Parquet file. Needs the package `hyparquet`.
 *
 * - **emits** each row in order. INT64 are bigints; DATE and TIMESTAMP are Dates, cut to milliseconds
 * - **holds back** by not reading on: a row group is read when the rows of the one before are used up
 * - **completes** at the end of the file or at `rowEnd`, and closes it; so does every other end
 * - **buffers** one row group, of the columns that are wanted
 * - **on failure** (no such file, no Parquet, no such column, a compression that nobody unpacks) fails with an error that names
 *   the file, after the row groups before
 * - **on abort** reads nothing more and closes the file, which the run waits for
 *
 * @typeParam Row what a row is; nothing checks it. With `columns`, only those are in the result's type.
 * @param file a path, or an AsyncBuffer of hyparquet: `{ byteLength, slice(start, end) }` over HTTP, a blob, memory.
 * @param options `columns` (default all), `rowStart` (default 0), `rowEnd` (default the end), `compressors`, `parsers`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readParquet<Flight>('flights.parquet', { columns: ['origin', 'delay'] })
 *   .pipe(filter(({ delay }) => delay > 60))
 *   .to(writeCsv('late.csv'))
 *   .run()
 * ```
 */
export function readParquet<Row extends object = ParquetRow, C extends keyof Row & string = keyof Row & string>(
  file: string | AsyncBuffer,
  options?: ReadParquetOptions & { readonly columns?: readonly C[] | undefined },
): Source<Pick<Row, C>>
export function readParquet(file: string | AsyncBuffer, options: ReadParquetOptions = {}): Source<object> {
  const { columns, compressors, parsers, name = 'readParquet' } = options
  if (typeof file === 'string' ? file === '' : typeof (file as Partial<AsyncBuffer> | undefined)?.slice !== 'function') {
    throw new OptionError('readParquet', 'file', file, 'a path, or { byteLength, slice(start, end) }')
  }
  if (columns !== undefined && (!Array.isArray(columns) || columns.length === 0)) {
    throw new OptionError('readParquet', 'columns', columns, 'a list of at least one name')
  }
  const rowStart = wholeNumber('readParquet', 'rowStart', options.rowStart ?? 0, 0)
  const rowEnd = options.rowEnd === undefined ? Infinity : wholeNumber('readParquet', 'rowEnd', options.rowEnd, rowStart)
  const place = typeof file === 'string' ? file : 'the buffer'
  return batchSource(name, () => new GroupReader<object>({ file, place, columns, rowStart, rowEnd, compressors, parsers }))
}
