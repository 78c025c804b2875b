import { OptionError, type OnError, type Source } from '@sluice/core'
import { decision, declare, fn, tell, whole } from '@sluice/core/authoring'
import { batchSource } from '../batches/batch-source'
import { checkUrl, httpOf, httpRules, type HttpOptions } from './http-options'
import { PageReader, type RefusedPage } from './page-reader'
import { byLink, type NextPage } from './pagination'

const FETCH_PAGES = /* @__PURE__ */ declare('fetchPages', () => ({
  options: {
    items: { ...fn, optional: true, fallback: listOf }, next: { ...fn, optional: true, fallback: byLink() },
    maxBytes: whole().or(16 * 1024 * 1024), maxPages: whole().maybe(), onError: decision, ...httpRules(),
  },
}), {})

/** Options of {@link fetchPages}. */
export interface FetchPagesOptions<T, B> extends HttpOptions {
  /** Takes the items out of the body of a page. Default: the body is a list of them. */
  readonly items?: ((body: B) => Iterable<T>) | undefined
  /** Where the next page is: `byLink()` (default), `byCursor(…)`, `byNumber(…)` or a function. */
  readonly next?: NextPage<B> | undefined
  /** The longest body of a page; a longer one fails the run. Default 16 Mi bytes. */
  readonly maxBytes?: number | undefined
  /** Pages that are read at most. Default: all. */
  readonly maxPages?: number | undefined
  /**
   * What becomes of a page on which `items` or `next` fails. A page that is skipped gives no items; where `next` failed, it was the last.
   * What cannot be fetched is for `retry`. Default: it fails the run.
   */
  readonly onError?: OnError<RefusedPage<B>> | undefined
}

/**
 * The items of a JSON API that gives them in pages. Needs the package `ky`.
 *
 * - **emits** the items of each page in order
 * - **holds back** by not asking on: a page is fetched when the items of the one before are used up
 * - **completes** after the last page
 * - **buffers** one page, `maxBytes` at most
 * - **retries** 408, 425, 429, 5xx, timeouts and broken connections as `retry` says, waiting as long as `Retry-After` asks
 * - **on failure** of `items` or `next` the page goes where `onError` says. Else fails with an HttpError, after the items before. No message holds credentials or values of a query
 * - **on abort** the request under way is aborted, and so is a wait for the next try
 *
 * @typeParam T an item; nothing checks it.
 * @typeParam B the body of a page.
 * @param url of the first page. `user:password@` becomes a header.
 * @param options `items` (default the body), `next` (default `byLink()`), `headers`, `retry`, `timeoutMs` (for each attempt, default
 * 30,000), `maxBytes` (default 16 Mi), `maxPages` (default all), `onError` (default `'fail'`), `fetch`, `name`.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await fetchPages<Issue>('https://api.github.com/repos/nodejs/node/issues?per_page=100', { headers: () => ({ authorization: `Bearer ${token()}` }) })
 *   .pipe(filter(({ pull_request }) => !pull_request), take(500))
 *   .to(writeNdjson('issues.ndjson'))
 *   .run()
 * ```
 */
export function fetchPages<T, B = unknown>(url: string | URL, options: FetchPagesOptions<T, B> = {}): Source<T> {
  const first = checkUrl('fetchPages', url)
  const given = FETCH_PAGES.read(options)
  const { items, next, maxBytes, maxPages = Infinity, onError } = given
  const http = httpOf('fetchPages', given)
  return tell(batchSource<T>(given.name, (stage) => new PageReader<T, B>({ http, url: first, items, next, maxBytes, maxPages, onError }, stage)), FETCH_PAGES, given)
}

function listOf(body: unknown): unknown[] {
  if (Array.isArray(body)) return body
  throw new OptionError('fetchPages', 'items', undefined, `given where the body of a page is no list but ${body === null ? 'null' : typeof body}`)
}
