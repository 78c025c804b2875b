import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { defer, wholeNumber, type Source } from '@sluice/core'

/** Options of {@link readLines}. */
export interface ReadLinesOptions {
  /** The longest line, in characters; a longer one fails the run. Default 1 Mi: a missing line end must not fill memory. */
  readonly maxLineLength?: number | undefined
  /** Default `'utf8'`. */
  readonly encoding?: BufferEncoding | undefined
}

/** A line that is longer than allowed. */
export class LineTooLongError extends Error {
  override readonly name = 'LineTooLongError'

  constructor(
    readonly path: string,
    readonly line: number,
    readonly maxLineLength: number,
  ) {
    super(`${path}, line ${line}: longer than ${maxLineLength} characters; is this a text file, or maxLineLength too small?`)
  }
}

/**
 * The lines of a text file, without their ends (`\n` or `\r\n`).
 *
 * - **emits** each line in order; a last line without an end counts, an empty one after the last end does not
 * - **holds back** by not reading on: a piece of 64 KiB and one line are in memory
 * - **completes** at the end of the file, and closes it; so does every other end
 * - **on failure** (no such file, a line too long) fails with an error that names the file
 *
 * @throws OptionError where `maxLineLength` is no whole number above 0.
 *
 * @example
 * ```ts
 * await readLines('access.log').pipe(filter((line) => line.includes(' 500 '))).to(count()).run()
 * ```
 */
export function readLines(path: string, options: ReadLinesOptions = {}): Source<string> {
  const maxLineLength = wholeNumber('readLines', 'maxLineLength', options.maxLineLength ?? 1024 * 1024)
  return defer(() => lines(path, maxLineLength, options.encoding ?? 'utf8'))
}

async function* lines(path: string, maxLineLength: number, encoding: BufferEncoding): AsyncGenerator<string> {
  const decoder = new StringDecoder(encoding)
  let rest = ''
  let line = 1
  for await (const chunk of createReadStream(path)) {
    const parts = (rest + decoder.write(chunk as Buffer)).split('\n')
    rest = parts.pop() ?? ''
    for (const part of parts) {
      if (part.length > maxLineLength) throw new LineTooLongError(path, line, maxLineLength)
      line++
      yield part.endsWith('\r') ? part.slice(0, -1) : part
    }
    if (rest.length > maxLineLength) throw new LineTooLongError(path, line, maxLineLength)
  }
  rest += decoder.end()
  if (rest !== '') yield rest
}
