import { type Operator } from '@sluice/core'
import { asyncOperator, DONE, PENDING, source, type Openable, type Outlet, type Stage, type Tickets } from '@sluice/core/authoring'

/** How the source that was being read ended. */
export interface End {
  readonly failed: boolean
  readonly error: unknown
  /** Values it had given. */
  readonly values: number
}

/** What comes next: another source, perhaps after a while. */
export interface Successor<T> {
  readonly source: Openable<T>
  readonly afterMs?: number | undefined
}

/**
 * One source after another: what `concat`, `retry`, `catchError` and their kin are.
 *
 * `create` is called once per run; what it answers is asked at each end what comes next. Undefined: the end is the end, and
 * a failure the failure. The wait before a successor is a source of its own, so that a graceful stop cuts it short: after
 * that no further round is begun.
 */
export function succession<A, B>(
  name: string,
  create: (upstream: Openable<A>, stage: Stage) => (end: End) => Successor<A | B> | undefined,
): Operator<A, A | B> {
  return asyncOperator<A, A | B>(name, (upstream, stage) => {
    const next = create(upstream, stage)
    // Whether a later source gives tickets shows only when it is opened, so room for them is always there.
    const tickets: Tickets = []
    let outlet: Outlet<A | B> = stage.open<A | B>(upstream, stage.wake)
    let values = 0
    let waitingFor: Openable<A | B> | undefined
    /** What the latest round failed with. */
    let failure: { readonly error: unknown } | undefined
    let isOver = false

    const begin = (successor: Openable<A | B>): void => {
      values = 0
      outlet = stage.open(successor, stage.wake, 'source')
    }
    /** Of an item that was read nothing may be lost without a word, so there the failure stands; a source of the pipeline ends. */
    const refuse = (failed: { readonly error: unknown } | undefined): boolean => {
      if (failed && stage.forItem) throw failed.error
      isOver = true
      return true
    }
    /** Goes on with what comes next; false when nothing does. A stop begins no further round. */
    const advance = (failed: boolean, error: unknown): boolean => {
      const { stopping } = stage.scope
      if (stopping && waitingFor) {
        waitingFor = undefined
        return refuse(failure)
      }
      if (waitingFor) {
        const successor = waitingFor
        waitingFor = undefined
        begin(successor)
        return true
      }
      const successor = next({ failed, error, values })
      if (successor === undefined) return false
      if (stopping) return refuse(failed ? { error } : undefined)
      if (failed) failure = { error }
      const { afterMs = 0 } = successor
      if (afterMs > 0) waitingFor = successor.source
      begin(afterMs > 0 ? pauseOf(afterMs) : successor.source)
      return true
    }
    return {
      tickets,
      pull(into, limit) {
        if (isOver) return DONE
        let count: number
        try {
          count = outlet.pull(into, limit)
        } catch (error) {
          if (!advance(true, error)) throw error
          return 0
        }
        if (count === DONE) return advance(false, undefined) ? 0 : DONE
        for (let i = 0; i < count; i++) tickets[i] = outlet.tickets?.[i]
        if (count > 0) values += count
        return count
      },
    }
  })
}

/** Ends after so many ms, without a value. */
function pauseOf(ms: number): Openable<never> {
  return source<never>('pause', (stage) => {
    let over = false
    const cancel = stage.after(ms, () => {
      over = true
      stage.scope.scheduler.dispatch(stage.wake)
    }, 'retry')
    return { live: true, pull: () => (over ? DONE : PENDING), close: () => { cancel() } }
  })
}
