import { coded } from '@sluice/core/authoring'
import type { AsyncBuffer, Compressors, FileMetaData, ParquetParsers } from 'hyparquet'
import type { BatchReader } from '../batches/batch-source'
import { errorText } from '../error-text'
import { optionalPackage } from '../optional-package'
import { openFileBuffer, type FileBuffer } from './file-buffer'
import { ParquetError } from './parquet-error'

/** What is to be read, checked. */
export interface GroupReading {
  readonly file: string | AsyncBuffer
  readonly place: string
  readonly columns: readonly string[] | undefined
  readonly rowStart: number
  readonly rowEnd: number
  readonly compressors: Compressors | undefined
  readonly parsers: Partial<ParquetParsers> | undefined
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
  #file: FileBuffer | undefined
  #guarded: AsyncBuffer | undefined
  #library: Library | undefined
  #metadata: FileMetaData | undefined
  #group = 0
  /** The first row of `#group`. */
  #row = 0
  #cut = false

  constructor(reading: GroupReading) {
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
      return await this.#explain(range, library.parquetReadObjects({
        file, metadata, rowStart: start, rowEnd: end,
        ...(columns && { columns: [...columns] }), ...(compressors && { compressors }), ...(parsers && { parsers }),
      })) as readonly Row[]
    }
  }

  cut(): void {
    this.#cut = true
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
