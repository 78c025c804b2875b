import { declare, filledText, fn, whole } from '@sluice/core/authoring'
import { linkTo } from './link-header'

const param = () => filledText('the name of a parameter')
const BY_CURSOR = /* @__PURE__ */ declare('byCursor', () => ({ args: { param: param(), cursor: fn } }))
const BY_NUMBER = /* @__PURE__ */ declare('byNumber', () => ({ args: { param: param() }, options: { first: whole(0).or(1), step: whole().or(1) } }))

/** A page that was fetched. */
export interface FetchedPage<B = unknown> {
  /** After redirections. */
  readonly url: URL
  readonly headers: Headers
  readonly body: B
  /** Counted from 0. */
  readonly index: number
  /** How many items it had. */
  readonly count: number
}

/** Says where the page after this one is, relative to it; undefined, null or empty: it was the last. */
export type NextPage<B = unknown> = (page: FetchedPage<B>) => string | URL | null | undefined

/**
 * The next page is where the `Link` header with `rel="next"` leads (RFC 8288): GitHub, GitLab, Shopify and many more.
 *
 * @example
 * ```ts
 * fetchPages('https://api.example.org/orders', { next: byLink() })
 * ```
 */
export function byLink(): NextPage {
  return ({ headers }) => linkTo(headers.get('link'), 'next')
}

/**
 * The body has a cursor, which is sent in a parameter of the query: Stripe, Slack, Notion and many more.
 *
 * @param param the name of the parameter.
 * @param cursor takes it out of the body; undefined, null, empty or false: this was the last page.
 * @throws OptionError where an argument is wrong.
 *
 * @example
 * ```ts
 * fetchPages(url, { items: (body: Page) => body.data, next: byCursor('cursor', (body: Page) => body.next_cursor) })
 * ```
 */
export function byCursor<B>(param: string, cursor: (body: B) => string | number | bigint | false | null | undefined): NextPage<B> {
  BY_CURSOR.read(undefined, { param, cursor })
  return ({ url, body }) => {
    const at = cursor(body)
    return at === undefined || at === null || at === false || at === '' ? undefined : withParam(url, param, String(at))
  }
}

/**
 * Pages are counted in a parameter of the query. A page without items is the last.
 *
 * @param param the name of the parameter. Default `'page'`.
 * @param options `first`, the number of the first page, which the server takes when none is sent (default 1); `step` (default 1: for
 * an offset the size of a page).
 * @throws OptionError where an argument is wrong.
 *
 * @example
 * ```ts
 * fetchPages('https://api.example.org/orders?limit=100', { next: byNumber('offset', { first: 0, step: 100 }) })
 * ```
 */
export function byNumber(param = 'page', options: { readonly first?: number | undefined; readonly step?: number | undefined } = {}): NextPage {
  const { first, step } = BY_NUMBER.read(options, { param })
  return ({ url, count, index }) => {
    if (count === 0) return undefined
    const given = Number(url.searchParams.get(param) ?? NaN)
    return withParam(url, param, String((Number.isSafeInteger(given) ? given : first + index * step) + step))
  }
}

function withParam(url: URL, param: string, value: string): URL {
  const next = new URL(url)
  next.searchParams.set(param, value)
  return next
}
