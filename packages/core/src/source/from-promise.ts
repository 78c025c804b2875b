import { DONE, PENDING } from '../contract/answers'
import type { Source } from '../contract/source'
import { source } from '../kit/source'

/** A source of the one value of a promise. */
export function fromPromise<T>(promise: PromiseLike<T>): Source<T> {
  return source<T>('from', (stage) => {
    let state: 'new' | 'waiting' | 'there' | 'taken' = 'new'
    let value: T | undefined
    return {
      pull(into) {
        if (state === 'new') {
          state = 'waiting'
          promise.then(
            (result) => {
              value = result
              state = 'there'
              stage.scope.scheduler.dispatch(stage.wake)
            },
            (error: unknown) => {
              state = 'taken'
              // Closed before it settled, nobody waits for it any more: the loser of a race may fail as it likes.
              if (stage.outcome === undefined) stage.fail(error)
            },
          )
        }
        if (state === 'taken') return DONE
        if (state !== 'there') return PENDING
        state = 'taken'
        into[0] = value as T
        value = undefined
        return 1
      },
    }
  })
}
