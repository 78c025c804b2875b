import { defineWorker } from '@sluice/adapters/worker-thread'

/** The second one comes when the first is at work. */
export const worker = defineWorker((n: number) => {
  if (n === 3) defineWorker((m: number) => m + 100)
  return n
})
