import type { Failure, Run } from '../contract/run'
import type { FailedFate, FailureOrigin, FailureTold } from '../engine/run-failures'
import { declare } from '../options/declare'
import { fn } from '../options/rules'
import { wayTo } from './places'
import { redacted } from './redacted'
import { scopeOf } from './run-stage'
import { siteOf } from './site-of'

const WATCH = /* @__PURE__ */ declare('watchFailures', () => ({ args: { told: fn } }))

/** A failure of user code in a run, and what became of it. */
export interface ItemFailure extends Pick<Failure, 'stage' | 'position' | 'path' | 'site' | 'item' | 'attempt' | 'error'> {
  /**
   * - `'retried'`: the item is tried again, after `retryAfterMs`
   * - `'skipped'`: the item is left out; also where the stage starts afresh after that (`'restart'`)
   * - `'nacked'`: the item has failed and the stage goes on; a durable queue that the item came from gives it out again
   * - `'deadLettered'`: its dead letter is written
   * - `'failed'`: the stage has failed. So has the run, where nothing recovers from it (`catchError`, `retrySource`)
   */
  readonly fate: FailedFate
  /** How long the next try waits, in ms; null where there is none. */
  readonly retryAfterMs: number | null
}

/**
 * Tells of every failure of user code in a run, as it is decided about: of the items that are skipped, tried again or written to a dead letter
 * sink as well, of which the run itself only keeps the count. The pipeline needs no change for it.
 *
 * `told` is called within the turn of the stage, so it must be quick. Nothing is kept here: whoever keeps failures keeps their items. While
 * nobody watches, a failure costs one comparison more.
 *
 * What `told` throws fails no run: it is reported as an unhandled rejection.
 *
 * @param run a run of Sluice, of this copy or of another one. Of one that has ended nothing more is told.
 * @param told gets the item as the `redact` of the run leaves it.
 * @returns ends the watch; no effect from the second call on.
 * @throws TypeError where `run` is no run; OptionError where `told` is no function.
 *
 * @example
 * ```ts
 * import { drain, from, map, watchFailures } from 'sluice'
 *
 * const parse = map((text: string) => JSON.parse(text) as number, { name: 'parse', onError: 'skip' })
 * const run = from(['1', '{', '3']).pipe(parse).to(drain()).run()
 * const lost: string[] = []
 * watchFailures(run, ({ stage, item, fate }) => { lost.push(`${stage}: ${item} ${fate}`) })
 * await run
 * lost // ['parse: { skipped']
 * ```
 */
export function watchFailures(run: Run<unknown>, told: (failure: ItemFailure) => void): () => void {
  WATCH.read(undefined, { told })
  const { failures, redact } = scopeOf('watchFailures', run)
  const tell: FailureTold = (origin, fate, retryAfterMs) => {
    try {
      told(describe(origin, fate, retryAfterMs, redact))
    } catch (error) {
      void Promise.reject(error)
    }
  }
  failures.watchers ??= new Set()
  failures.watchers.add(tell)
  return () => {
    failures.watchers?.delete(tell)
    if (failures.watchers?.size === 0) failures.watchers = undefined
  }
}

function describe(origin: FailureOrigin, fate: FailedFate, retryAfterMs: number | null, redact: ((item: unknown) => unknown) | undefined): ItemFailure {
  const { stage, error, item, attempt, elsewhere } = origin
  const path = elsewhere?.path ?? wayTo(stage).map(({ name }) => name)
  return {
    stage: path.at(-1) ?? stage.name, position: path.length - 1, path, item: redacted(item, redact), attempt, error, fate, retryAfterMs,
    // Text is made of a stack when somebody asks.
    get site() {
      return elsewhere ? elsewhere.site : siteOf(stage)
    },
  }
}
