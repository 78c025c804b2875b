import { type RunOptions, type Source } from '@sluice/core'
import { declare, runRules, sink } from '@sluice/core/authoring'
import { Observable, type Subscriber } from 'rxjs'

const TO_OBSERVABLE = /* @__PURE__ */ declare('toObservable', () => ({ options: runRules() }))

/**
 * A cold Observable of a source: each subscription is a run of its own.
 *
 * - values, completion and errors come as they are; an error is the original one
 * - unsubscribing aborts the run, and no value is read beyond the one during which that happened
 * - there is no backpressure on this side: the source is read as fast as the subscriber's `next` returns, with turns for
 *   timers and I/O in between
 *
 * @param source any source.
 * @param options of each run: `name`, `signal`, `clock`, `scheduler`; see {@link runOnRx} for those of an RxJS scheduler.
 * @throws OptionError where an option is wrong.
 *
 * @example
 * ```ts
 * await lastValueFrom(toObservable(range(0, 3)).pipe(rxReduce((a, b) => a + b))) // 3
 * ```
 */
export function toObservable<T>(source: Source<T>, options: RunOptions = {}): Observable<T> {
  TO_OBSERVABLE.read(options)
  return new Observable<T>((subscriber) => {
    const run = source.to(into(subscriber)).run({ name: 'toObservable', ...options })
    // The subscriber was told by the sink; that nobody awaits the run is no unhandled rejection.
    run.then(undefined, () => {})
    return () => void run.abort()
  })
}

/** Hands each value on, one at a time: the subscriber may want no more after any of them. */
function into<T>(subscriber: Subscriber<T>) {
  return sink<T, void>('toObservable', () => ({
    demand: () => (subscriber.closed ? 0 : 1),
    write(values) {
      subscriber.next(values[0] as T)
    },
    end() {
      subscriber.complete()
    },
    abort(reason) {
      // Whoever unsubscribed has aborted the run himself, and hears no more of it.
      subscriber.error(reason)
    },
  }))
}
