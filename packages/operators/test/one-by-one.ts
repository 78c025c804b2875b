import type { Scheduler, Task } from '@sluice/core/authoring'

/**
 * A scheduler that runs one task per microtask, first come first served, a value at a time.
 *
 * @param over whether the slice is over at the n-th look.
 */
export function oneByOne(over: (look: number) => boolean): Scheduler {
  const ready: Task[] = []
  let looks = 0
  return {
    batch: 1,
    enqueue(task) {
      ready.push(task)
      void Promise.resolve().then(() => { ready.shift()?.run() })
    },
    dispatch(wake) { wake() },
    spent: () => over(++looks),
  }
}
