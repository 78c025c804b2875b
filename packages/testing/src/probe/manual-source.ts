import { type Outcome, type Source } from '@sluice/core'
import { DONE, PENDING, source, type Stage } from '@sluice/core/authoring'

/** The test's side of a {@link manualSource}. */
export interface ManualSource<T> {
  readonly source: Source<T>
  /** Makes values available; the pipeline takes them when it wants them. */
  emit(...values: T[]): void
  end(): void
  fail(error: unknown): void
  /** How often it was pulled. */
  readonly pulls: number
  /** The limit of the last pull that was answered PENDING; 0 when nobody waits. */
  readonly demand: number
  /** Values that were taken. */
  readonly delivered: number
  /** How it was closed; undefined while it is open. */
  readonly closed: Outcome | undefined
  readonly closeCount: number
  /** How often it was opened: more than once where an operator reads it anew. */
  readonly openCount: number
}

/**
 * A source that a test drives by hand, for one run.
 *
 * @example
 * ```ts
 * const probe = manualSource<number>()
 * const run = probe.source.to(toArray()).run()
 * probe.emit(1, 2)
 * probe.end()
 * await run // [1, 2]
 * ```
 */
export function manualSource<T>(name = 'manual'): ManualSource<T> {
  const values: T[] = []
  let stage: Stage | undefined
  let ended = false
  let failure: { readonly error: unknown } | undefined
  const state = { pulls: 0, demand: 0, delivered: 0, closed: undefined as Outcome | undefined, closeCount: 0, openCount: 0 }
  const wake = (): void => stage?.wake()
  const probe = source<T>(name, (opened) => {
    stage = opened
    state.openCount++
    return {
      pull(into, limit) {
        state.pulls++
        const taken = values.splice(0, limit)
        for (let i = 0; i < taken.length; i++) into[i] = taken[i] as T
        state.delivered += taken.length
        state.demand = taken.length > 0 ? 0 : limit
        if (taken.length > 0) return taken.length
        if (failure) throw failure.error
        return ended ? DONE : PENDING
      },
      close(outcome) {
        state.closeCount++
        state.closed = outcome
      },
    }
  })
  return {
    source: probe,
    emit(...more) {
      values.push(...more)
      wake()
    },
    end() {
      ended = true
      wake()
    },
    fail(error) {
      failure = { error }
      wake()
    },
    get pulls() { return state.pulls },
    get demand() { return state.demand },
    get delivered() { return state.delivered },
    get closed() { return state.closed },
    get closeCount() { return state.closeCount },
    get openCount() { return state.openCount },
  }
}
