import { watchFailures, type ItemFailure, type Run } from '@sluice/core'
import { printError } from '@sluice/core/authoring'
import { maskedText, shown, type Redact } from '../values/shown'
import type { FailuresFrame, ShownItemFailure } from '../wire/frames'

/** What is kept: of items that were lost, and of those that are tried again, of which there may be many more. */
const KEPT_LOST = 50
const KEPT_RETRIED = 10
/** Failures of each of the two that are turned into text within a second: of a storm nobody reads more, and each costs the run time. */
const MOST_A_SECOND = 50

/** The last failures of one kind. */
class LastOfKind {
  readonly #kept: number
  #list: ShownItemFailure[] = []
  #second = 0
  #count = 0

  constructor(kept: number) {
    this.#kept = kept
  }

  get list(): readonly ShownItemFailure[] {
    return this.#list
  }

  /** Whether another one may be turned into text. */
  admits(at: number): boolean {
    const second = Math.floor(at / 1000)
    if (second !== this.#second) this.#count = 0
    this.#second = second
    return ++this.#count <= MOST_A_SECOND
  }

  add(failure: ShownItemFailure): void {
    this.#list.push(failure)
    if (this.#list.length > this.#kept) this.#list = this.#list.slice(-this.#kept)
  }
}

/** The last items of a run that failed, as text: no item and no error is kept. */
export class FailureList {
  readonly #redact: Redact | undefined
  readonly #lost = new LastOfKind(KEPT_LOST)
  readonly #retried = new LastOfKind(KEPT_RETRIED)
  #count = 0
  #unseen = 0

  constructor(run: Run<unknown>, redact: Redact | undefined) {
    this.#redact = redact
    watchFailures(run, (failure) => { this.#take(failure) })
  }

  /** The number of the latest. */
  get count(): number {
    return this.#count
  }

  /** Those that came after the one with a number, oldest first; undefined where there are none. */
  frame(run: number, after: number): FailuresFrame | undefined {
    if (this.#count <= after) return undefined
    const failures = [...this.#lost.list, ...this.#retried.list].filter(({ n }) => n > after).sort((a, b) => a.n - b.n)
    return { t: 'failures', run, at: Date.now(), failures, unseen: this.#unseen }
  }

  #take({ stage, site, item, error, attempt, fate, retryAfterMs }: ItemFailure): void {
    const at = Date.now()
    const kind = fate === 'retried' ? this.#retried : this.#lost
    const n = ++this.#count
    if (!kind.admits(at)) {
      this.#unseen++
      return
    }
    kind.add({ n, at, stage, site, fate, attempt, retryAfterMs, error: maskedText(printError(error)), item: item === undefined ? null : shown(item, this.#redact) })
  }
}
