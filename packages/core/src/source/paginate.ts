import type { Source } from '../contract/source'
import type { OnError } from '../contract/supervision'
import { source } from '../kit/source'
import { Pages } from './pages'
import { tell } from '../kit/described'
import { declare } from '../options/declare'
import { decision, fn } from '../options/rules'

const PAGINATE = /* @__PURE__ */ declare('paginate', () => ({ args: { fetchPage: fn }, options: { onError: decision } }), {})

/** One page: its items, and where the next one is; no `next` means that it was the last. */
export interface Page<T, C> {
  readonly items: Iterable<T>
  readonly next?: C | undefined
}

/** What the function of {@link paginate} gets beside the cursor. */
export interface PageContext {
  /** Aborted when the run is aborted or fails. */
  readonly signal: AbortSignal
  /** 1 on the first try. */
  readonly attempt: number
}

/** Options of {@link paginate}. */
export interface PaginateOptions<C> {
  /** What becomes of a page that could not be fetched; `skip` ends the source there. Default `'fail'`. */
  readonly onError?: OnError<C> | undefined
  readonly name?: string | undefined
}

/**
 * A source of items that come in pages: each page says where the next one is.
 *
 * - **emits** the items of each page in order
 * - **holds back** when downstream does: the next page is fetched when the items of the one before are used up
 * - **completes** after the items of a page without `next`
 * - **buffers** one page
 * - **on failure** of `fetchPage` as `onError` says; the items before are delivered first
 * - **on abort** the fetch under way is told through `signal` and waited for, a second at most
 *
 * @param first the cursor of the first page.
 * @param fetchPage gets the cursor and `{ signal, attempt }`.
 * @param options `onError`, `name`.
 *
 * @example
 * ```ts
 * paginate('/orders?page=1', async (url, { signal }) => {
 *   const { orders, next } = await (await fetch(url, { signal })).json()
 *   return { items: orders, next }
 * }, { onError: retry({ times: 3, delayMs: 200 }) })
 * ```
 */
export function paginate<C, T>(
  first: C,
  fetchPage: (cursor: C, context: PageContext) => Page<T, C> | PromiseLike<Page<T, C>>,
  options: PaginateOptions<C> = {},
): Source<T> {
  const given = PAGINATE.read(options, { fetchPage })
  return tell(source<T>(given.name, (stage) => new Pages<C, T>(stage, first, fetchPage, given.onError)), PAGINATE, given)
}
