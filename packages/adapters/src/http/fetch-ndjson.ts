import { type OnError, type Source } from '@sluice/core'
import { decision, declare, mapping, ms, tell, whole } from '@sluice/core/authoring'
import { batchSource } from '../batches/batch-source'
import { errorText } from '../error-text'
import { parseJson } from '../files/parse-json'
import { splitLines, type TextLine } from '../text/line-splitter'
import { ByteReader } from './byte-reader'
import { HttpError } from './http-error'
import { checkUrl, httpOf, httpRules, type HttpOptions } from './http-options'
import { redactUrl } from './redact-url'
import { utf8 } from './utf8'

const FETCH_NDJSON = /* @__PURE__ */ declare('fetchNdjson', () => ({
  options: { maxLineLength: whole().or(1024 * 1024), idleMs: ms(1).or(60_000), onError: decision, ...httpRules() },
}), {})

/** A line of an NDJSON answer: what `onError` decides about, and a dead letter holds. */
export type HttpLine = TextLine

/** Options of {@link fetchNdjson}. */
export interface FetchNdjsonOptions extends HttpOptions {
  /** The longest line, in characters; a longer one goes where `onError` says. Default 1 Mi. */
  readonly maxLineLength?: number | undefined
  /** How long the server may send nothing while something is wanted, in ms. Default 60,000. */
  readonly idleMs?: number | undefined
  /** What becomes of a line that is no JSON, or too long. Default: it fails the run. */
  readonly onError?: OnError<HttpLine> | undefined
}

/**
 * The values of one answer with a JSON value on each line, as it streams in. Needs the package `ky`.
 *
 * - **emits** each value in order, as soon as its line is there; blank lines are left out
 * - **holds back** by not reading on: then the server is held back, by TCP
 * - **completes** at the end of the answer; every other end closes the connection
 * - **buffers** a piece of the answer and one line
 * - **retries** as `retry` says until the answer begins; one that breaks off in the middle fails the run
 * - **on failure** a line that is no JSON, or too long, goes where `onError` says
 * - **on abort** the request is aborted
 *
 * @typeParam T a value; nothing checks it.
 * @param url of the answer. `user:password@` becomes a header.
 * @param options `headers`, `retry`, `timeoutMs` (till the answer begins, default 30,000), `idleMs` (default 60,000), `maxLineLength`
 * (characters, default 1 Mi), `onError` (default `'fail'`), `fetch`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await fetchNdjson<Change>('https://db.example.org/changes', { headers: { authorization } }).pipe(map(apply)).to(drain()).run()
 * ```
 */
export function fetchNdjson<T = unknown>(url: string | URL, options: FetchNdjsonOptions = {}): Source<T> {
  const at = checkUrl('fetchNdjson', url)
  const given = FETCH_NDJSON.read(options)
  const { name, maxLineLength, idleMs, onError } = given
  const http = httpOf('fetchNdjson', given)
  const place = redactUrl(at)
  const wrong = (what: string): HttpError => new HttpError('fetchNdjson', what, { method: 'GET', url: place, status: 200, attempts: 1 })
  const parse = ({ text, line, cut }: HttpLine): T => {
    if (cut) throw wrong(`line ${line} is longer than ${maxLineLength} characters; is this NDJSON, or maxLineLength too small?`)
    try {
      return parseJson(text) as T
    } catch (error) {
      throw wrong(`line ${line}: no JSON: ${errorText(error)}`)
    }
  }
  return tell(batchSource('fetch', (stage) => new ByteReader(http, at, idleMs, stage)).pipe(
    splitLines<HttpLine>({
      name: 'lines', decoder: utf8, maxLineLength,
      make: (text, line) => (text.trim() === '' ? undefined : { text, line }),
      long: (text, line) => ({ text, line, cut: true }),
    }),
    mapping<HttpLine, T>(name, () => parse, { onError, name }),
  ), FETCH_NDJSON, given)
}
