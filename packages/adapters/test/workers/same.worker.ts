import { defineWorker } from '@sluice/adapters/worker-thread'

/** Gives what it gets. */
export const worker = defineWorker((value: unknown) => value)
