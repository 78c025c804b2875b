import type { OnError } from '@sluice/core'
import { coded, type Stage } from '@sluice/core/authoring'
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers } from 'hyparquet'
import type { BatchReader } from '../batches/batch-source'
import { ReadTrials } from '../batches/read-trials'
import { errorText } from '../error-text'
import { optionalPackage } from '../optional-package'
import { openFileBuffer, type FileBuffer } from './file-buffer'
import { ParquetError } from './parquet-error'

/** The rows of a row group that cannot be read: what `onError` decides about, and a dead letter holds. */
export interface ParquetRows {
  /** The path, or `'the buffer'`. */
  readonly place: string
  /** The first of the rows, counted from 0. */
  readonly rowStart: number
  /** The row after the last of them. */
  readonly rowEnd: number
}

/** What is to be read, checked. */
export interface GroupReading {
  readonly file: string | AsyncBuffer
  readonly place: string
  readonly columns: readonly string[] | undefined
  readonly rowStart: number
  readonly rowEnd: number
  readonly compressors: Compressors | undefined
  readonly parsers: Partial<ParquetParsers> | undefined
  readonly onError: OnError<ParquetRows> | undefined
}

type Library = Pick<typeof import('hyparquet'), 'parquetMetadataAsync' | 'parquetReadObjects' | 'parquetSchema'>

/** Why a read ended that nobody wants any more. */
const CUT = /* @__PURE__ */ coded('SLUICE_ABORTED', new Error('cut'))

/**
 * Reads a file row group by row group.
 *
 * ```text
 *   file:   [ group 0 ][ group 1 ][ group 2 ] footer
 *   wanted:      rowStart ├──────────┤ rowEnd
 *   reads:       ├────┤   ├──────────┤              one for each group, when the rows of the one before are used up
 * ```
 */
export class GroupReader<Row> implements BatchReader<Row> {
  readonly #reading: GroupReading
  readonly #trials: ReadTrials<ParquetRows>
  #file: FileBuffer | undefined
  #guarded: AsyncBuffer | undefined
  #library: Library | undefined
  #metadata: FileMetaData | undefined
  #group = 0
  /** The first row of `#group`. */
  #row = 0
  #cut = false
  /** No further group is read. */
  #over = false

  constructor(reading: GroupReading, stage: Stage) {
    this.#trials = new ReadTrials(stage, reading.onError)
    this.#reading = reading
  }

  async read(): Promise<readonly Row[] | undefined> {
    const { columns, rowStart, rowEnd, compressors, parsers } = this.#reading
    const { library, file, metadata } = await this.#open()
    for (;;) {
      const group = metadata.row_groups[this.#group]
      if (!group || this.#row >= rowEnd) return undefined
      const start = Math.max(rowStart, this.#row)
      const end = Math.min(rowEnd, this.#row + Number(group.num_rows))
      this.#group++
      this.#row += Number(group.num_rows)
      if (start >= end) continue
      const range = `rows ${start} to ${end - 1}`
      const rows = await this.#trials.make({ place: this.#reading.place, rowStart: start, rowEnd: end }, () => this.#explain(range, library.parquetReadObjects({
        file, metadata, rowStart: start, rowEnd: end,
        ...(columns && { columns: [...columns] }), ...(compressors && { compressors }), ...(parsers && { parsers }),
      })))
      if (rows) return rows as readonly Row[]
      if (this.#over) return undefined
    }
  }

  halt(): void {
    this.#over = true
    this.#trials.close()
  }

  cut(): void {
    this.#cut = this.#over = true
    this.#trials.close()
  }

  async close(): Promise<void> {
    await this.#file?.close()
  }

  async #open(): Promise<{ library: Library; file: AsyncBuffer; metadata: FileMetaData }> {
    const { file, place } = this.#reading
    const library = (this.#library ??= await optionalPackage('readParquet', 'hyparquet', () => import('hyparquet')))
    if (!this.#guarded) {
      const given = typeof file === 'string' ? (this.#file = await openFileBuffer(file)) : file
      this.#guarded = {
        byteLength: given.byteLength,
        slice: (start, end) => {
          // The library reads on whatever happens: this is how it is told to stop.
          if (this.#cut) throw CUT
          return given.slice(start, end)
        },
      }
    }
    if (!this.#metadata) {
      const metadata = await this.#explain('no Parquet', library.parquetMetadataAsync(this.#guarded))
      const names = library.parquetSchema(metadata).children.map(({ element }) => element.name)
      const missing = (this.#reading.columns ?? []).filter((column) => !names.includes(column))
      if (missing.length > 0) throw new ParquetError(place, `no columns ${missing.join(', ')}; it has ${names.join(', ')}`)
      this.#metadata = metadata
    }
    return { library, file: this.#guarded, metadata: this.#metadata }
  }

  async #explain<T>(what: string, work: Promise<T>): Promise<T> {
    try {
      return await work
    } catch (error) {
      if (error === CUT) throw error
      throw new ParquetError(this.#reading.place, `${what}: ${errorText(error)}`, error)
    }
  }
}
