import { type Sink } from '@sluice/core'
import { callable, coded, declare, flagged, sink, tell } from '@sluice/core/authoring'
import type { PushObserver } from './subscribable'

const TO_SUBJECT = /* @__PURE__ */ declare('toSubject', () => ({ options: { preventClose: flagged, preventAbort: flagged } }), {})

/** What becomes of the subject when the run ends; the words are those of `pipeTo`. */
export interface ToSubjectOptions {
  /** Leave it open when the source completes: for several runs into one subject. Default false: it completes. */
  readonly preventClose?: boolean | undefined
  /** Leave it as it is when the run fails or is aborted. Default false: it gets the error. */
  readonly preventAbort?: boolean | undefined
  /** Shown in failures, stats and the graph. Default `'toSubject'`. */
  readonly name?: string | undefined
}

/**
 * Pushes each value into a Subject, or any observer; the result is how many.
 *
 * - **holds back** nothing: a subject takes every value at once
 * - **on completion** completes the subject
 * - **on failure** hands it the original error. A subject that has completed, failed or was unsubscribed takes nothing more: the
 *   next value fails the run
 * - **on abort** hands it the reason
 *
 * @param subject anything with `next`, `error` and `complete`. What its subscribers throw is theirs: RxJS reports it.
 * @param options `preventClose`, `preventAbort`, `name`.
 * @throws OptionError where there is no `next`, or an option is wrong.
 *
 * @example
 * ```ts
 * const subject = new ReplaySubject<number>()
 * await range(0, 3).to(toSubject(subject)).run() // 3
 * ```
 */
export function toSubject<T>(subject: PushObserver<T>, options: ToSubjectOptions = {}): Sink<T, number> {
  callable('toSubject', 'subject.next', (subject as Partial<PushObserver<T>> | undefined)?.next)
  const given = TO_SUBJECT.read(options)
  const { name, preventClose, preventAbort } = given
  return tell(sink<T, number>(name, (stage) => {
    let taken = 0
    return {
      write(values, count) {
        for (let i = 0; i < count; i++) {
          stage.item = values[i]
          if (isOver(subject as object)) throw coded('SLUICE_STREAM_ENDED', new Error(`${name}: the subject had ended before this value was pushed, and takes nothing more`))
          subject.next(values[i] as T)
          taken++
        }
        stage.item = undefined
      },
      end() {
        if (!preventClose) subject.complete()
        return taken
      },
      abort(reason) {
        if (!preventAbort) subject.error(reason)
      },
    }
  }), TO_SUBJECT, given)
}

/** A Subject or Subscriber of RxJS says so; another observer knows no such thing. */
function isOver(observer: { readonly closed?: unknown; readonly isStopped?: unknown }): boolean {
  return observer.closed === true || observer.isStopped === true
}
