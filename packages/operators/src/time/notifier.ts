import {
  DONE, PENDING, type Openable, type Outlet, type Puller, type Stage, type StageState, type WakeableTask,
} from '@sluice/core/authoring'

/**
 * Consumes a second source beside the one a puller consumes, in a task of its own, and calls `hear` for each value.
 *
 * Its values are signals: their tickets are settled when they were heard. Its failure is the stage's.
 */
export function followNotifier<T>(
  puller: Puller<T>,
  stage: Stage,
  source: Openable<unknown>,
  hear: (value: unknown) => void,
): Puller<T> {
  const batch: unknown[] = []
  let started = false
  const listen = (): StageState => {
    const count = notifier.pull(batch, 1)
    if (count === PENDING || count === DONE) return 'idle'
    const value = batch[0]
    batch[0] = undefined
    stage.settle(notifier.tickets?.[0], 'absorbed')
    hear(value)
    // One signal a turn: what is consumed until the next turn is what the next one is about.
    task.wake()
    return 'busy'
  }
  const task: WakeableTask = stage.task(listen)
  const notifier: Outlet<unknown> = stage.open(source, task.wake)
  return {
    tickets: puller.tickets,
    pull(into, limit) {
      if (!started) {
        started = true
        task.wake()
      }
      return puller.pull(into, limit)
    },
    close: (outcome) => puller.close?.(outcome),
  }
}
