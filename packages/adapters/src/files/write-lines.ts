import { type Sink } from '@sluice/core'
import { coded, decision, declare, sink, tell, words } from '@sluice/core/authoring'
import { HALF_A_CHARACTER, isWellFormed } from '../text/well-formed'
import { compressionOf, compressionRules, type CompressionOptions } from './compression'
import { fileIntake, type WrittenFile } from './file-intake'
import { fileRules, pathRule, targetOf, type FileOptions } from './file-target'
import type { RefusedValueOptions } from './refused-values'

/** How the options of a sink of lines are declared. */
export const lineRules = () => ({ ...fileRules(), ...compressionRules(), onError: decision })

const WRITE_LINES = /* @__PURE__ */ declare('writeLines', () => ({ args: { path: pathRule() }, options: { eol: words('\n', '\r\n').or('\n'), ...lineRules() } }), {})

/** Options of {@link writeLines}. */
export interface WriteLinesOptions extends FileOptions, CompressionOptions, RefusedValueOptions {
  /** Between lines and after the last one. Default `'\n'`. */
  readonly eol?: '\n' | '\r\n' | undefined
}

/** What was written. */
export interface WrittenLines extends WrittenFile {
  readonly lines: number
}

/**
 * Writes each value as a line of a text file, in UTF-8; resolves with the number of lines and bytes. A value that is no text, has
 * a line end in it or half a character is refused: read again, the file would say something else.
 *
 * - **holds back** while a piece is being written: at most one piece (64 KiB and one batch) is in memory
 * - **on completion** what is left is written and, where `atomic`, flushed to the disk and renamed
 * - **on failure** of a value that is refused, as `onError` says; the others are written
 * - **on failure or abort** of the run the temporary file is removed; with `atomic: false` what was written stays. The file is closed
 *
 * @param path an existing file is replaced; one behind a symbolic link, too.
 * @param options `eol` (default `'\n'`), `atomic` (default true), `append`, `mkdir` (default true), `compression` (default
 * by the ending of the path), `onError` (default `'fail'`), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await from(orders).pipe(map((order) => JSON.stringify(order))).to(writeLines('out/orders.ndjson.gz')).run()
 * ```
 */
export function writeLines(path: string, options: WriteLinesOptions = {}): Sink<string, WrittenLines> {
  const given = WRITE_LINES.read(options, { path })
  return tell(lineSink('writeLines', path, given, (line: string, index) => checkLine(line, index) + given.eol), WRITE_LINES, given)
}

/** A sink that writes a text for each value. */
export function lineSink<T>(
  owner: string,
  path: string,
  given: Parameters<typeof targetOf>[2] & CompressionOptions & RefusedValueOptions & { readonly name: string },
  toLine: (value: T, index: number) => string,
): Sink<T, WrittenLines> {
  const checked = targetOf(owner, path, given)
  const compression = compressionOf(owner, path, given.compression)
  return sink<T, WrittenLines>(given.name, (stage) => {
    let lines = 0
    const encode = (values: readonly T[], count: number): Uint8Array => {
      let text = ''
      for (let i = 0; i < count; i++) {
        stage.item = values[i]
        text += toLine(values[i] as T, lines + i)
      }
      lines += count
      stage.item = undefined
      return Buffer.from(text)
    }
    return fileIntake(checked, compression, stage, { encode }, (written) => ({ path: written.path, lines, bytes: written.bytes }), given.onError)
  })
}

const LINE_END = /[\r\n]/

/** A text that is one line and stays what it is. */
function checkLine(value: unknown, index: number): string {
  if (typeof value === 'string' && !LINE_END.test(value) && isWellFormed(value)) return value
  const what = typeof value !== 'string' ? `is no text but ${value === null ? 'null' : typeof value}: turn it into one with map(String), or use writeNdjson`
    : LINE_END.test(value) ? 'has a line end in it, so it would be read as two lines: use writeNdjson, or writeBytes for text that is no lines'
    : `has ${HALF_A_CHARACTER}`
  throw coded('SLUICE_VALUE', new TypeError(`writeLines: value ${index + 1} ${what}`))
}
