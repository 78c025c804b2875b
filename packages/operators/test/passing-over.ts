import type { Scheduler, Task } from '@sluice/core/authoring'

/** So often a ready task is passed over: then it runs, as a scheduler owes every ready task a turn. */
const MOST_PASSES = 20

/**
 * A scheduler that runs the task which was woken last, and passes over all that were ready before: a stage that wakes itself to let
 * another one go first waits in vain.
 *
 * @param batch how many values are asked for at once.
 */
export function passingOver(batch: number): Scheduler {
  const ready: { readonly task: Task; passes: number }[] = []
  let isRunning = false
  const run = (): void => {
    isRunning = true
    for (let newest = ready.pop(); newest; newest = next(ready)) newest.task.run()
    isRunning = false
  }
  return {
    batch,
    enqueue(task) {
      ready.push({ task, passes: 0 })
      if (!isRunning && ready.length === 1) void Promise.resolve().then(run)
    },
    dispatch(wake) { wake() },
    spent: () => false,
  }
}

function next(ready: { readonly task: Task; passes: number }[]): { readonly task: Task; passes: number } | undefined {
  for (const entry of ready) entry.passes++
  const [oldest] = ready
  return oldest !== undefined && oldest.passes > MOST_PASSES ? ready.splice(0, 1)[0] : ready.pop()
}
