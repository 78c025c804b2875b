import type { Source } from '@sluice/core'
import { declare, tell } from '@sluice/core/authoring'
import { boundsOf, pushRules, pushTraits, required, type PushOptions } from '../push/push-options'
import { subscribed } from './subscribed'
import type { ObservableLike } from './subscribable'

const FROM_SUBJECT = /* @__PURE__ */ declare('fromSubject', () => ({ options: pushRules() }), pushTraits)

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
  const read = FROM_SUBJECT.read(required('fromSubject', options))
  const given = { ...read, ...boundsOf('fromSubject', read) }
  return tell(subscribed<T>('fromSubject', subject, given), FROM_SUBJECT, given)
}
