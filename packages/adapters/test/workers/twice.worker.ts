import { defineWorker } from '@sluice/adapters/worker-thread'

/** As a script that imports a module which is a worker by itself. */
defineWorker((n: number) => n)
export const worker = defineWorker((n: number) => n + 100)
