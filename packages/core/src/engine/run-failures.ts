import type { Failure } from '../contract/run'
import type { RunningStage } from './running-stage'

/** Where a failure came from, before it is told as a {@link Failure}. */
export interface FailureOrigin {
  readonly stage: RunningStage<unknown>
  readonly error: unknown
  readonly item: unknown
  readonly attempt: number
  /** It began in another run, which tells so. */
  readonly elsewhere?: Failure | undefined
}

/** What became of an item that failed, or of the stage. */
export type FailedFate = 'retried' | 'skipped' | 'nacked' | 'deadLettered' | 'failed'

/** Is told of a failure, and what became of it. */
export type FailureTold = (origin: FailureOrigin, fate: FailedFate, retryAfterMs: number | null) => void

/** So many of each list are remembered; when a list is full the older half is forgotten. */
const MOST = 16

/**
 * What has failed in a run: where each failure began, and the errors that came beside another one.
 *
 * Invariant: both lists are bounded. All but one of the failures were recovered from, so the latest are enough.
 */
export class RunFailures {
  readonly #origins: FailureOrigin[] = []
  readonly #beside: unknown[] = []
  /** Who is told of each failure, within it; absent while nobody watches. They never throw. */
  watchers: Set<FailureTold> | undefined

  /** Errors that came with another one of the same stage; the latest. */
  get beside(): readonly unknown[] {
    return this.#beside
  }

  /** Notes where a failure began. */
  began(origin: FailureOrigin): void {
    origin.stage.erred()
    remember(this.#origins, origin)
    if (this.watchers !== undefined) this.tell(origin, 'failed')
  }

  /** Tells whoever watches. */
  tell(origin: FailureOrigin, fate: FailedFate, retryAfterMs: number | null = null): void {
    for (const told of this.watchers ?? []) told(origin, fate, retryAfterMs)
  }

  /** Where `error` began; undefined when no stage has claimed it yet. */
  originOf(error: unknown): FailureOrigin | undefined {
    return this.#origins.find((origin) => Object.is(origin.error, error))
  }

  /**
   * A stage fails. Where the failure began before it, that stays. An inner source may have failed on no item of its own: the item that
   * it was opened for is told.
   *
   * @param isAbout the stage says so itself, and the item is not only the one that it looked at last.
   * @param elsewhere the failure of another run: where the stage has thrown the error of that run, the failure began there.
   */
  claim(origin: FailureOrigin, isAbout: boolean, elsewhere: Failure | undefined): void {
    const index = this.#origins.findIndex(({ error }) => Object.is(error, origin.error))
    let known = this.#origins[index]
    if (known !== undefined && wasRecovered(known, origin.stage)) {
      this.#origins.splice(index, 1)
      known = undefined
    }
    if (known === undefined) {
      const isElsewhere = elsewhere !== undefined && Object.is(elsewhere.error, origin.error)
      const { item, attempt } = isElsewhere ? elsewhere : origin
      this.began({ stage: origin.stage, error: origin.error, item, attempt, elsewhere: isElsewhere ? elsewhere : undefined })
    } else if (isAbout && known.item === undefined) this.#origins[index] = { ...known, item: origin.item }
  }

  /** An error of a stage that had failed already: kept beside the first one, and recovered from together with it. */
  cameBeside(error: unknown): void {
    remember(this.#beside, error)
  }
}

/**
 * A stage between the origin and `stage` has not failed with the error: a `catchError` has recovered from it, and the same object was
 * thrown once more.
 */
function wasRecovered({ stage: from, error }: FailureOrigin, stage: RunningStage<unknown>): boolean {
  let isWhole = true
  for (let next = from.consumer; next !== undefined; next = next.consumer) {
    if (next === stage) return !isWhole
    // A fused step is never pulled by itself, and fails by the last step of its loop.
    if (next.pulls !== 0 && (!next.failing || !Object.is(next.error, error))) isWhole = false
  }
  return false
}

function remember<T>(list: T[], entry: T): void {
  if (list.length === MOST) list.splice(0, MOST / 2)
  list.push(entry)
}
