import { type Sink } from '@sluice/core'
import { coded, decision, declare, filledText, flagged, rule, sink, tell, words, yesNo, type Stage } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed } from '../text/well-formed'
import { compressionOf, compressionRules, type CompressionOptions } from './compression'
import { checkNames } from './csv-record'
import { optionalPackage } from '../optional-package'
import { Encoder } from './encoder'
import { fileIntake, type Format, type WrittenFile } from './file-intake'
import { fileRules, pathRule, targetOf, type FileOptions } from './file-target'
import type { RefusedValueOptions } from './refused-values'

const WRITE_CSV = /* @__PURE__ */ declare('writeCsv', () => ({
  args: { path: pathRule() },
  options: {
    columns: rule<readonly string[]>('a list of names', Array.isArray).maybe(), header: yesNo().maybe(), delimiter: filledText().or(','),
    eol: words('\n', '\r\n').or('\n'), escapeFormulas: flagged, ...fileRules(), ...compressionRules(), onError: decision,
  },
}), {})

/** Options of {@link writeCsv}. */
export interface WriteCsvOptions extends FileOptions, CompressionOptions, RefusedValueOptions {
  /** The columns, in order. Default: the keys of the first row; rows that are lists have none. */
  readonly columns?: readonly string[] | undefined
  /** Write their names first. Default true where there are names, and `append` is false. */
  readonly header?: boolean | undefined
  /** Between fields. Default `','`. */
  readonly delimiter?: string | undefined
  /** After each row. Default `'\n'`. */
  readonly eol?: '\n' | '\r\n' | undefined
  /** Put a `'` before a field that a spreadsheet would take for a formula (`=`, `+`, `-`, `@`). Default false: it changes data. */
  readonly escapeFormulas?: boolean | undefined
}

/** What was written. */
export interface WrittenRows extends WrittenFile {
  /** Without the names. */
  readonly rows: number
}

/** A row by the names of its columns, or as a list of fields. */
export type CsvValues = Readonly<Record<string, unknown>> | readonly unknown[]

/**
 * Writes each row as a record of a CSV file (RFC 4180), in UTF-8; resolves with the number of rows and bytes. Needs the
 * package `csv-stringify`.
 *
 * Fields are written as `String` would, dates in ISO format, `null` and `undefined` as nothing, booleans as true and false,
 * objects as JSON. A row that lacks a column has an empty field there; what is in no column is left out.
 *
 * - **holds back** while a piece is being written: at most one piece (64 KiB and one batch) is in memory
 * - **on completion** what is left is written and, where `atomic`, flushed to the disk and renamed
 * - **on failure** of a row that cannot be written as `onError` says; the others are written
 * - **on failure or abort** of the run the temporary file is removed; with `atomic: false` what was written stays. The file is closed
 *
 * @param path an existing file is replaced; one behind a symbolic link, too.
 * @param options `columns`, `header`, `delimiter` (default `','`), `eol`, `escapeFormulas`; `atomic` (default true),
 * `append`, `mkdir` (default true), `compression` (default by the ending of the path), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from([{ a: 1, b: 'x, y' }]).to(writeCsv('out.csv')).run() // { path: 'out.csv', rows: 1, bytes: 13 }
 * ```
 */
export function writeCsv(path: string, options: WriteCsvOptions = {}): Sink<CsvValues, WrittenRows> {
  const given = WRITE_CSV.read(options, { path })
  const { columns, header = !given.append, onError } = given
  if (columns) checkNames('writeCsv', columns, undefined)
  const checked = targetOf('writeCsv', path, given)
  const compression = compressionOf('writeCsv', path, given.compression)
  return tell(sink<CsvValues, WrittenRows>(given.name, (stage) => {
    const format = new CsvFormat(stage, { ...given, header })
    return fileIntake(checked, compression, stage, format, (written) => ({ path: written.path, rows: format.rows, bytes: written.bytes }), onError)
  }), WRITE_CSV, given)
}

interface CsvSettings {
  readonly header: boolean
  readonly columns: readonly string[] | undefined
  readonly delimiter: string
  readonly eol: string
  readonly escapeFormulas: boolean
}

class CsvFormat implements Format<CsvValues> {
  rows = 0
  readonly #stage: Stage
  readonly #settings: CsvSettings
  #names: readonly string[] | undefined
  #encoder: Encoder | undefined

  constructor(stage: Stage, settings: CsvSettings) {
    this.#stage = stage
    this.#settings = settings
    this.#names = settings.columns
  }

  async encode(values: readonly CsvValues[], count: number): Promise<readonly Uint8Array[]> {
    const records: (readonly unknown[])[] = []
    if (this.rows === 0) this.#names = this.#begin(values[0] as CsvValues, records)
    for (let i = 0; i < count; i++) {
      this.#stage.item = values[i]
      records.push(this.#fields(values[i] as CsvValues, this.rows + i))
    }
    this.#stage.item = undefined
    this.rows += count
    return (await this.#open(records[0])).write(records, records.length)
  }

  async end(): Promise<readonly Uint8Array[]> {
    const encoder = await this.#open(this.#settings.columns)
    const { columns, header } = this.#settings
    // An empty file has its names all the same, where they are known.
    const names = this.rows === 0 && columns && header ? await encoder.write([columns], 1) : []
    return [...names, ...(await encoder.end())]
  }

  destroy(): void {
    this.#encoder?.destroy()
  }

  #begin(first: CsvValues, records: (readonly unknown[])[]): readonly string[] | undefined {
    this.#stage.item = first
    const names = this.#names ?? (Array.isArray(first) ? undefined : Object.keys(asRow(first)))
    if (names?.length === 0) throw coded('SLUICE_VALUE', new TypeError('writeCsv: the first row has no columns: give their names, or rows with properties of their own'))
    if (names && this.#settings.header) records.push(checkFields('the name of a column', names))
    return names
  }

  #fields(row: CsvValues, index: number): readonly unknown[] {
    const place = `row ${index + 1}`
    if (Array.isArray(row)) return checkFields(place, row)
    const names = this.#names
    if (!names) throw coded('SLUICE_VALUE', new TypeError('writeCsv: a row must be a list, as the first one is'))
    const given = asRow(row)
    // Own ones only: a column may be called `constructor`.
    return checkFields(place, names.map((name) => (Object.hasOwn(given, name) ? given[name] : undefined)), names)
  }

  async #open(first: readonly unknown[] | undefined): Promise<Encoder> {
    if (this.#encoder) return this.#encoder
    const { Stringifier } = await optionalPackage('writeCsv', 'csv-stringify', () => import('csv-stringify'))
    const { delimiter, eol, escapeFormulas } = this.#settings
    return (this.#encoder ??= new Encoder(new Stringifier({
      delimiter, record_delimiter: eol, escape_formulas: escapeFormulas,
      // What a reader would take for the end of a line, or a mark that is none.
      quoted_match: /[\r\uFEFF]/,
      // Of a single field, an empty one would be an empty line, which readers leave out.
      quoted_empty: first?.length === 1,
      cast: { date: (date) => date.toISOString(), boolean: String },
    })))
  }
}

function asRow(row: unknown): Record<string, unknown> {
  if (typeof row === 'object' && row !== null && !ArrayBuffer.isView(row)) return row as Record<string, unknown>
  throw coded('SLUICE_VALUE', new TypeError(`writeCsv: a row must be an object or a list, got ${row === null ? 'null' : typeof row}`))
}

/** Fields that have a text of their own. */
function checkFields(place: string, fields: readonly unknown[], names?: readonly string[]): readonly unknown[] {
  for (let i = 0; i < fields.length; i++) {
    const field = fields[i]
    const wrong = typeof field === 'function' || typeof field === 'symbol' ? `a ${typeof field}`
      : typeof field === 'string' && !isWellFormed(field) ? HALF_A_CHARACTER : undefined
    if (wrong) throw coded('SLUICE_VALUE', new TypeError(`writeCsv: ${place} has ${wrong} in ${names ? `column ${JSON.stringify(names[i])}` : `field ${i + 1}`}`))
  }
  return fields
}
