import { AnswerError, answeredIterator } from '../answered'
import { DONE, PENDING } from '../contract/answers'
import type { Puller } from '../contract/puller'
import type { Stage } from '../contract/stage'
import type { OnError } from '../contract/supervision'
import { Trial } from '../engine/trial'
import { Trials } from '../engine/trials'
import { iteratorResult } from '../foreign/iterator-result'
import type { Page, PageContext } from './paginate'

/**
 * The running end of `paginate`: one page at a time, each fetch under the supervisor.
 *
 * ```text
 *   pull ─▶ fetch ─┬─ a page ─▶ its items ─ used up ─▶ fetch the next one …
 *     ▲            └─ failed ─▶ trial ─┬─ again ─▶ wake, and the next pull fetches
 *     └────────────────────────────────┴─ skipped, failed ─▶ the end
 * ```
 *
 * Invariant: at most one of "a fetch is out", "a trial is open", "items are there" is true.
 */
export class Pages<C, T> implements Puller<T> {
  readonly #stage: Stage
  readonly #fetchPage: (cursor: C, context: PageContext) => Page<T, C> | PromiseLike<Page<T, C>>
  readonly #trials: Trials<C>
  /** The page that is fetched next, or is being fetched. */
  readonly #trial = new Trial<C>()
  #items: Iterator<T> | undefined
  #fetching: Promise<void> | undefined
  /** There is no page after the items that are there. */
  #isLast = false

  constructor(
    stage: Stage,
    first: C,
    fetchPage: (cursor: C, context: PageContext) => Page<T, C> | PromiseLike<Page<T, C>>,
    onError: OnError<C> | undefined,
  ) {
    this.#stage = stage
    this.#fetchPage = fetchPage
    this.#trials = new Trials<C>(stage, onError, stage.wake)
    this.#trial.begin(first, undefined)
  }

  pull(into: T[], limit: number): number {
    let count = 0
    while (this.#items && count < limit) {
      const items = this.#items
      // An iterator that throws is at its end: it is not closed.
      this.#items = undefined
      const result = iteratorResult(items.next())
      if (result.done !== true) {
        this.#items = items
        into[count++] = result.value
        this.#stage.ready = count
      }
    }
    if (count > 0) return count
    if (this.#fetching) return PENDING
    return this.#next()
  }

  /** The page that is out, or whose items are there, is still handed out. */
  halt(): boolean {
    this.#isLast = true
    return this.#fetching !== undefined || this.#items !== undefined
  }

  close(): void {
    this.#trials.close()
    this.#items?.return?.()
    if (this.#fetching) this.#stage.linger(this.#fetching)
  }

  #next(): number {
    const trial = this.#trial
    if (trial.verdict === 'failed') this.#stage.fail(trial.error, trial.item, trial.attempt)
    if (trial.verdict === 'failed' || trial.verdict === 'skipped' || this.#isLast) return DONE
    if (trial.verdict === 'deciding' || trial.verdict === 'dropped') return PENDING
    if (trial.verdict === 'again') trial.tryAgain()
    this.#fetching = this.#fetch().then(() => {
      this.#fetching = undefined
      if (this.#stage.outcome === undefined) this.#stage.scope.scheduler.dispatch(this.#stage.wake)
    })
    return PENDING
  }

  async #fetch(): Promise<void> {
    const { scope } = this.#stage
    const trial = this.#trial
    try {
      const page = await this.#fetchPage(trial.item as C, { attempt: trial.attempt, get signal() { return scope.signal } })
      this.#items = answeredItems(this.#stage.name, page)
      this.#isLast ||= page.next === undefined
      trial.begin(page.next as C, undefined)
    } catch (error) {
      this.#trials.failed(trial, error)
    }
  }
}

function answeredItems<T>(owner: string, page: { readonly items: Iterable<T> } | null | undefined): Iterator<T> {
  if (typeof page !== 'object' || page === null) throw new AnswerError(owner, 'fetchPage', page, 'a page { items, next }')
  return answeredIterator(owner, 'fetchPage, as items,', page.items)
}
