import { type Operator } from '@sluice/core'
import { asyncOperator, DONE, type Outlet, type Stage } from '@sluice/core/authoring'
import { listen, notifierOf, type Notifier } from './notifier'

/** Whether the notifier has spoken. */
export interface Told {
  readonly isTold: boolean
}

/** How values are read: what an operator that heeds a notifier does before and after it was told. */
export type Reading<A> = (upstream: Outlet<A>, told: Told, stage: Stage) => (into: A[], limit: number) => number

/** An operator that reads its source, and listens to a notifier from its first pull on. */
export function heeding<A>(name: string, notifier: Notifier, reading: Reading<A>): Operator<A, A> {
  const given = notifierOf(name, notifier)
  return asyncOperator<A, A>(name, (source, stage) => {
    const upstream = stage.open(source, stage.wake)
    const told = { isTold: false }
    const listening = listen(given, stage, () => { told.isTold = true })
    const read = reading(upstream, told, stage)
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
