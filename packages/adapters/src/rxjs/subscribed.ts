import type { Source } from '@sluice/core'
import type { CheckedPushOptions } from '../push/push-options'
import { pushSource } from '../push/push-source'
import { subscription, toSubscribable, type ObservableLike } from './subscribable'

/** The source that everything is made of that subscribes to an Observable. */
export function subscribed<T>(owner: string, observable: ObservableLike<T>, options: CheckedPushOptions<T>): Source<T> {
  const input = toSubscribable<T>(owner, observable)
  return pushSource<T>(options, ({ push, fail, end, whenOver }) => {
    const listening = subscription<T>(input, { next: push, error: fail, complete: end })
    whenOver(() => { listening.end() })
    listening.begin()
  })
}
