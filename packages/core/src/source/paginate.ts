import type { Source } from '../contract/source'
import type { OnError } from '../contract/supervision'
import { DONE, PENDING } from '../contract/answers'
import { iteratorResult } from '../foreign/iterator-result'
import { source } from '../kit/source'
import { callable, optionsOf } from '../options'
import { checkOnError, supervisorOf } from '../engine/supervisor'

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
  callable('paginate', 'fetchPage', fetchPage)
  const { name = 'paginate', onError } = optionsOf('paginate', options)
  checkOnError('paginate', onError)
  return source<T>(name, (stage) => {
    const supervisor = supervisorOf(stage, onError)
    let cursor: C | undefined = first
    let last = false
    let items: Iterator<T> | undefined
    let fetching: Promise<void> | undefined
    let ended = false

    const fetchOne = async (at: C): Promise<void> => {
      for (let attempt = 1; ; attempt++) {
        try {
          const page = await fetchPage(at, { attempt, get signal() { return stage.scope.signal } })
          items = page.items[Symbol.iterator]()
          last = page.next === undefined
          cursor = page.next
          return
        } catch (error) {
          if (stage.outcome) return
          try {
            if (supervisor === undefined) throw error
            if ((await supervisor.recover(error, at, attempt)) === 'retry') continue
          } catch (final) {
            stage.fail(final, at, attempt)
          }
          ended = true
          return
        }
      }
    }

    return {
      pull(into, limit) {
        let count = 0
        while (items && count < limit) {
          const iterator = items
          // An iterator that throws is at its end: it is not closed.
          items = undefined
          const result = iteratorResult(iterator.next())
          if (result.done === true) {
            ended = last
          } else {
            items = iterator
            into[count++] = result.value
            stage.ready = count
          }
        }
        if (count > 0) return count
        if (ended) return DONE
        fetching ??= fetchOne(cursor as C).then(() => {
          fetching = undefined
          if (!stage.outcome) stage.scope.scheduler.dispatch(stage.wake)
        })
        return PENDING
      },
      close() {
        items?.return?.()
        if (fetching) stage.linger(fetching)
      },
    }
  })
}
