// The script of a worker thread.
import { defineWorker } from '@sluice/adapters/worker-thread'

export default defineWorker((n) => n * n)
