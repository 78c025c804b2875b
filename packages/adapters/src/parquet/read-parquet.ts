import { type OnError, type Source } from '@sluice/core'
import { decision, declare, rule, tell, whole, wholeNumber } from '@sluice/core/authoring'
import type { AsyncBuffer, Compressors, ParquetParsers } from 'hyparquet'
import { batchSource } from '../batches/batch-source'
import { GroupReader, type ParquetRows } from './group-reader'

const object = <T>() => rule<T>('an object', (value) => typeof value === 'object' && value !== null).maybe()

const READ_PARQUET = /* @__PURE__ */ declare('readParquet', () => ({
  args: {
    file: rule<string | AsyncBuffer>('a path, or { byteLength, slice(start, end) }', (value) =>
      typeof value === 'string' ? value !== '' : typeof (value as Partial<AsyncBuffer> | null | undefined)?.slice === 'function'),
  },
  options: {
    columns: rule<readonly string[]>('a list of at least one name', (value) => Array.isArray(value) && value.length > 0).maybe(),
    rowStart: whole(0).or(0), rowEnd: whole(0).maybe(), compressors: object<Compressors>(), parsers: object<Partial<ParquetParsers>>(), onError: decision,
  },
}), {})

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
  /**
   * What becomes of a row group that cannot be read: bytes that are damaged, a parser that fails. Its rows are left out together, the other
   * groups are read. A file that is no Parquet, or lacks a column, fails the run. Default: a row group fails it, too.
   */
  readonly onError?: OnError<ParquetRows> | undefined
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
 * @param options `columns` (default all), `rowStart` (default 0), `rowEnd` (default the end), `compressors`, `parsers`,
 * `onError` (default `'fail'`), `name`.
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
  const given = READ_PARQUET.read(options, { file })
  const { name, columns, rowStart, compressors, parsers, onError } = given
  const rowEnd = given.rowEnd === undefined ? Infinity : wholeNumber('readParquet', 'rowEnd', given.rowEnd, rowStart)
  const place = typeof file === 'string' ? file : 'the buffer'
  return tell(batchSource(name, (stage) => new GroupReader<object>({ file, place, columns, rowStart, rowEnd, compressors, parsers, onError }, stage)), READ_PARQUET, given)
}
