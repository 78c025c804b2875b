import { type Operator } from '@sluice/core'
import { asyncOperator, DONE, type Outlet, type Stage } from '@sluice/core/authoring'
import { listen, notifierOf, type Notifier } from './notifier'

/** Whether the notifier has spoken. */
export interface NotifierState {
  readonly hasSpoken: boolean
}

/** How an operator with a notifier reads values, before the notifier has spoken and after. */
export type Reading<A> = (upstream: Outlet<A>, notifier: NotifierState, stage: Stage) => (into: A[], limit: number) => number

/** An operator that reads its source, and listens to a notifier from its first pull on. */
export function withNotifier<A>(owner: string, name: string, notifier: Notifier, reading: Reading<A>): Operator<A, A> {
  const given = notifierOf(owner, notifier)
  return asyncOperator<A, A>(name, (source, stage) => {
    const upstream = stage.open(source, stage.wake)
    const state = { hasSpoken: false }
    const listening = listen(given, stage, () => { state.hasSpoken = true })
    const read = reading(upstream, state, stage)
    let started = false
    return {
      tickets: upstream.tickets,
      pull(into, limit) {
        if (!started) {
          started = true
          listening.start()
        }
        return stage.failing ? DONE : read(into, limit)
      },
      close() {
        listening.stop()
      },
    }
  })
}
