// The worker of the cases in workers.ts: for Sluice by defineWorker, for piscina as the default export.
import { defineWorker } from '@sluice/adapters/worker-thread'

/** Adds up roots: some 200 µs for 100,000, as one item of real work may take; nothing for 0. */
export default defineWorker((rounds) => {
  let sum = 0
  for (let i = 0; i < rounds; i++) sum += Math.sqrt(i)
  return Math.round(sum)
})
