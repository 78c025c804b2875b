import { type OnError, type Source, type StageOptions } from '@sluice/core'
import { decision, declare, tell, whole } from '@sluice/core/authoring'
import type { TextLine } from '../text/line-splitter'
import { compressionRules, type CompressionOptions } from './compression'
import { encodingRule, inputOf, inputRule, type TextInput } from './input'
import { textLines } from './text-lines'

const READ_LINES = /* @__PURE__ */ declare('readLines', () => ({
  args: { input: inputRule() },
  options: { maxLineLength: whole().or(1024 * 1024), encoding: encodingRule(), onError: decision, ...compressionRules() },
}), {})

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
  const given = READ_LINES.read(options, { input })
  const { source, place, inputs } = inputOf('readLines', input, given)
  return tell(textLines(source, { ...given, place }), READ_LINES, given, inputs)
}
