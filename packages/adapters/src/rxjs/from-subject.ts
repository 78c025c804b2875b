import type { Source } from '@sluice/core'
import type { PushOptions } from '../push/push-options'
import { fromObservable } from './from-observable'
import type { ObservableLike } from './subscribable'

/**
 * A source of what goes through a Subject from the call of `run` on: `fromObservable` under a name that says so.
 *
 * What was pushed before is lost, but for a BehaviorSubject's or a ReplaySubject's own memory. Each run subscribes by itself.
 *
 * @param subject any Subject.
 * @param options as for {@link fromObservable}: `capacity` and `overflow` are required.
 * @throws OptionError where an option is wrong or missing.
 *
 * @example
 * ```ts
 * const clicks = new BehaviorSubject('first')
 * await fromSubject(clicks, { capacity: 1, overflow: 'latest' }).pipe(take(1)).to(toArray()).run() // ['first']
 * ```
 */
export function fromSubject<T>(subject: ObservableLike<T>, options: PushOptions<T>): Source<T> {
  return fromObservable(subject, { name: 'fromSubject', ...options })
}
