import { wholeNumber, type Source } from '@sluice/core'
import type { CompressionOptions } from './compression'
import { encodingOf, inputOf, type TextInput } from './input'
import { splitLines } from './line-splitter'

/** Options of {@link readLines}. */
export interface ReadLinesOptions extends CompressionOptions {
  /** The longest line, in characters; a longer one fails the run. Default 1 Mi: a missing line end must not fill memory. */
  readonly maxLineLength?: number | undefined
  /** Default `'utf8'`. */
  readonly encoding?: BufferEncoding | undefined
}

/**
 * The lines of a text, without their ends (`\n` or `\r\n`) and without a byte order mark.
 *
 * - **emits** each line in order; a last line without an end counts, an empty one after the last end does not
 * - **holds back** by not reading on
 * - **completes** at the end of the file, and closes it; so does every other end
 * - **buffers** a piece of 64 KiB and one line
 * - **on failure** (no such file, a line too long) fails with an error that names the file, after the lines before
 * - **on abort** closes the file, which the run waits for
 *
 * @param input a path, or a source of text or bytes, cut anyhow.
 * @param options `maxLineLength` (characters, default 1 Mi), `encoding`, `compression` (default by the ending of the path).
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
  const { source, place } = inputOf('readLines', input, options)
  return source.pipe(splitLines<string>({ name: 'readLines', place, encoding, maxLineLength, make: (text) => text }))
}
