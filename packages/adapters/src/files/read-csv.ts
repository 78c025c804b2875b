import { type OnError, type Source, type StageOptions } from '@sluice/core'
import { decision, declare, filledText, flagged, mapping, rule, tell, whole } from '@sluice/core/authoring'
import { compressionRules, type CompressionOptions } from './compression'
import { CsvError, checkNames, toRow, type CsvRecord, type CsvRow } from './csv-record'
import { optionalPackage } from '../optional-package'
import { encodeText } from './encode-text'
import { inputOf, inputRule, type TextInput } from './input'
import { passage } from './passage'

const READ_CSV = /* @__PURE__ */ declare('readCsv', () => ({
  args: { input: inputRule() },
  options: {
    header: rule<boolean | readonly string[]>('true, false or a list of names', (value) => typeof value === 'boolean' || Array.isArray(value)).or(true),
    delimiter: filledText().or(','), comment: filledText().maybe(), trim: flagged, maxRecordSize: whole().or(1024 * 1024), onError: decision,
    quote: rule<string | false>('a text of at least one character, or false', (value) => value === false || (typeof value === 'string' && value !== '')).or('"'),
    ...compressionRules(),
  },
}), {})

/** Options of {@link readCsv}. */
export interface ReadCsvOptions extends CompressionOptions, StageOptions<CsvRecord> {
  /**
   * True (default): the first record names the columns. A list: these are the names, and the first record is data.
   * False: rows come as lists of fields.
   */
  readonly header?: boolean | readonly string[] | undefined
  /** Between fields. Default `','`. */
  readonly delimiter?: string | undefined
  /** Round a field that has delimiters or line ends in it; twice, it stands for itself. False: there is none. Default `'"'`. */
  readonly quote?: string | false | undefined
  /** What a line begins with that is none. Default: there are none. */
  readonly comment?: string | undefined
  /** Leave out white space round fields. Default false. */
  readonly trim?: boolean | undefined
  /** The longest record, in characters; a longer one fails the run. Default 1 Mi: a quote that is never closed ends there. */
  readonly maxRecordSize?: number | undefined
  /** What becomes of a record with too many fields or too few. Default: it fails the run. */
  readonly onError?: OnError<CsvRecord> | undefined
}

interface Parsed extends CsvRecord {
  readonly names: readonly string[] | undefined
}

/**
 * The rows of a CSV text (RFC 4180), by the names of their columns, or as lists. Needs the package `csv-parse`.
 *
 * - **emits** each row in order; fields are strings. A record ends with `\n`, `\r\n` or `\r`. Empty lines and a byte order mark are
 *   left out
 * - **holds back** by not reading on
 * - **completes** at the end of the file, and closes it; so does every other end
 * - **buffers** a piece of 64 KiB and the records in it
 * - **on failure**: a record with too many fields or too few goes where `onError` says, with a CsvError that names file and
 *   line. Wrong quotes, a record too long or two columns of one name fail the run, after the rows before; where the
 *   source fails, the parser may still have held the last one
 * - **on abort** closes the file, which the run waits for
 *
 * Rows have no prototype, so a column called `__proto__` is one like any other.
 *
 * @param input a path, or a source of bytes or text in UTF-8, cut anyhow.
 * @param options `header` (default true), `delimiter`, `quote`, `comment`, `trim`, `maxRecordSize` (characters, default
 * 1 Mi), `onError` (default `'fail'`), `compression` (default by the ending of the path), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readCsv(from(['a,b\n1,2\n'])).to(toArray()).run() // [{ a: '1', b: '2' }]
 * await readCsv(from(['1;2']), { header: false, delimiter: ';' }).to(toArray()).run() // [['1', '2']]
 * ```
 */
export function readCsv(input: TextInput, options: ReadCsvOptions & { readonly header: false }): Source<readonly string[]>
export function readCsv(input: TextInput, options?: ReadCsvOptions & { readonly header?: true | readonly string[] | undefined }): Source<CsvRow>
export function readCsv(input: TextInput, options: ReadCsvOptions = {}): Source<CsvRow | readonly string[]> {
  const given = READ_CSV.read(options, { input })
  const { name, header, delimiter, quote, comment, trim, onError, maxRecordSize } = given
  const { source, place, inputs } = inputOf('readCsv', input, given)
  const givenNames = typeof header === 'boolean' ? undefined : checkNames('readCsv', header, undefined)

  /** Line ends `\r\n` inside of quotes so far, by parser: it counts each of them twice. */
  const countedTwice = new WeakMap<object, { count: number }>()
  const make = async () => {
    const { Parser } = await optionalPackage('readCsv', 'csv-parse', () => import('csv-parse'))
    let names = givenNames
    const twice = { count: 0 }
    let before = 0
    const onRecord = (fields: readonly string[], { lines }: { readonly lines: number }): Parsed | null => {
      if (lines > before + 1) for (const field of fields) twice.count += field.split('\r\n').length - 1
      before = lines
      const line = lines - twice.count
      if (names || header === false) return { fields, line, names }
      names = checkNames(place, fields, line)
      return null
    }
    const parser = new Parser({
      bom: true, delimiter, quote, comment: comment ?? null, trim, max_record_size: maxRecordSize, skip_empty_lines: true,
      // It would take the end of the first record for that of all.
      record_delimiter: ['\r\n', '\n', '\r'],
      // Looked at below, where it is supervised.
      relax_column_count: true,
      // Its types know records of strings only.
      on_record: onRecord as unknown as (fields: string[]) => string[] | null,
    })
    countedTwice.set(parser, twice)
    return parser
  }
  // Whatever the parser says is about the text.
  const explain = (error: unknown, parser: object): unknown => {
    if (error instanceof CsvError) return error
    const { lines, message = 'no CSV' } = error as { readonly lines?: number; readonly message?: string }
    if (lines === undefined) return error
    const line = lines - (countedTwice.get(parser)?.count ?? 0)
    return new CsvError(place, line, message.replace(`line ${lines}`, `line ${line}`), error)
  }
  const row = ({ names, fields, line }: Parsed): CsvRow | readonly string[] => {
    if (!names) return fields
    if (fields.length === names.length) return toRow(names, fields)
    throw new CsvError(place, line, `expected ${names.length} fields, found ${fields.length}`)
  }
  return tell(source.pipe(
    encodeText(place),
    passage<Uint8Array, Parsed>('csv-parse', { make, explain, isWhole: endsLine }),
    mapping<Parsed, CsvRow | readonly string[]>(name, () => row, { name, onError: onError as OnError<Parsed> | undefined }),
  ), READ_CSV, given, inputs)
}

/** True where a record may end with these bytes. */
function endsLine(last: unknown): boolean {
  const byte = last instanceof Uint8Array ? last.at(-1) : undefined
  return byte === 10 || byte === 13
}
