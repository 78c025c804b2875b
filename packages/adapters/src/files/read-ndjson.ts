import { type OnError, type Source, type StageOptions } from '@sluice/core'
import { decision, declare, mapping, tell, whole } from '@sluice/core/authoring'
import { errorText } from '../error-text'
import { splitLines, type TextLine } from '../text/line-splitter'
import { compressionRules, type CompressionOptions } from './compression'
import { encodingRule, inputOf, inputRule, type TextInput } from './input'
import { decoderOf, LineTooLongError } from './line-error'
import { parseJson } from './parse-json'

const READ_NDJSON = /* @__PURE__ */ declare('readNdjson', () => ({
  args: { input: inputRule() },
  options: { maxLineLength: whole().or(1024 * 1024), encoding: encodingRule(), onError: decision, ...compressionRules() },
}), {})

/** A line of an NDJSON text: what `onError` decides about, and a dead letter holds. */
export type NdjsonLine = TextLine

/** Options of {@link readNdjson}. */
export interface ReadNdjsonOptions extends CompressionOptions, StageOptions<NdjsonLine> {
  /** The longest line, in characters; a longer one goes where `onError` says. Default 1 Mi. */
  readonly maxLineLength?: number | undefined
  /** Default `'utf8'`. */
  readonly encoding?: BufferEncoding | undefined
  /** What becomes of a line that is no JSON, or too long. Default: it fails the run. */
  readonly onError?: OnError<NdjsonLine> | undefined
}

/** A line that is no JSON; `cause` is what JSON.parse said. */
export class NdjsonError extends Error {
  override readonly name = 'NdjsonError'
  readonly code = 'SLUICE_NDJSON'

  constructor(
    readonly path: string,
    readonly line: number,
    cause: unknown,
  ) {
    super(`${path}, line ${line}: no JSON: ${errorText(cause)}`, { cause })
  }
}

/**
 * The values of a text with a JSON value on each line (NDJSON, JSON Lines).
 *
 * - **emits** each value in order; blank lines are left out. A key `__proto__` is left out of its object, so that no copy
 *   of it gets another prototype
 * - **holds back** by not reading on
 * - **completes** at the end of the file, and closes it; so does every other end
 * - **buffers** a piece of 64 KiB and one line
 * - **on failure**: a line that is no JSON goes where `onError` says, with an NdjsonError that names file and line; so does one
 *   that is too long, with a LineTooLongError
 * - **on abort** closes the file, which the run waits for
 *
 * @param input a path, or a source of text or bytes, cut anyhow.
 * @param options `onError` (default `'fail'`), `maxLineLength` (characters, default 1 Mi), `encoding`, `compression`
 * (default by the ending of the path), `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await readNdjson(from(['{"a":1}\n[2]\n'])).to(toArray()).run() // [{ a: 1 }, [2]]
 * await readNdjson(from(['1\n}\n3']), { onError: 'skip' }).to(toArray()).run() // [1, 3]
 * ```
 */
export function readNdjson<T = unknown>(input: TextInput, options: ReadNdjsonOptions = {}): Source<T> {
  const given = READ_NDJSON.read(options, { input })
  const { name, onError, maxLineLength, encoding } = given
  const { source, place, inputs } = inputOf('readNdjson', input, given)
  const make = (text: string, line: number): NdjsonLine | undefined => (text.trim() === '' ? undefined : { text, line })
  const parse = ({ text, line, cut }: NdjsonLine): T => {
    if (cut) throw new LineTooLongError(place, line, maxLineLength)
    try {
      return parseJson(text) as T
    } catch (error) {
      throw new NdjsonError(place, line, error)
    }
  }
  return tell(source.pipe(
    splitLines<NdjsonLine>({ name: 'lines', decoder: decoderOf(encoding), maxLineLength, make, long: (text, line) => ({ text, line, cut: true }) }),
    mapping<NdjsonLine, T>(name, () => parse, { onError, name }),
  ), READ_NDJSON, given, inputs)
}
