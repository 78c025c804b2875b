import { type OnError, type Source, type StageOptions } from '@sluice/core'
import { checkOnError, wholeNumber } from '@sluice/core/authoring'
import type { TextLine } from '../text/line-splitter'
import type { CompressionOptions } from './compression'
import { encodingOf, inputOf, type TextInput } from './input'
import { textLines } from './text-lines'

/** Options of {@link readLines}. */
export interface ReadLinesOptions extends CompressionOptions, StageOptions<TextLine> {
  /** The longest line, in characters; a longer one goes where `onError` says. Default 1 Mi: a missing line end must not fill memory. */
  readonly maxLineLength?: number | undefined
  /** Default `'utf8'`. */
  readonly encoding?: BufferEncoding | undefined
  /** What becomes of a line that is too long. Default: it fails the run. */
  readonly onError?: OnError<TextLine> | undefined
}

/**
 * The lines of a text, without their ends (`\n`, `\r\n` or `\r`) and without a byte order mark.
 *
 * - **emits** each line in order; a last line without an end counts, an empty one after the last end does not
 * - **holds back** by not reading on
 * - **completes** at the end of the file, and closes it; so does every other end
 * - **buffers** a piece of 64 KiB and one line
 * - **on failure** (no such file, a folder) fails with an error that names the file, after the lines before. A line too long
 *   goes where `onError` says, with a LineTooLongError that names file and line; the rest of the line is passed over
 * - **on abort** closes the file, which the run waits for
 *
 * @param input a path, or a source of text or bytes, cut anyhow.
 * @param options `maxLineLength` (characters, default 1 Mi), `encoding`, `onError` (default `'fail'`), `compression` (default by
 * the ending of the path), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readLines(from(['one\ntw', 'o'])).to(toArray()).run() // ['one', 'two']
 * await readLines('access.log.gz').pipe(filter((line) => line.includes(' 500 '))).to(count()).run()
 * ```
 */
export function readLines(input: TextInput, options: ReadLinesOptions = {}): Source<string> {
  const maxLineLength = wholeNumber('readLines', 'maxLineLength', options.maxLineLength ?? 1024 * 1024)
  const encoding = encodingOf('readLines', options.encoding)
  const { onError, name = 'readLines' } = options
  checkOnError('readLines', onError)
  const { source, place } = inputOf('readLines', input, options)
  return textLines(source, { name, place, encoding, maxLineLength, onError })
}
