export { defineWorker, type AnyWorker, type CalledWithin, type DefineWorkerOptions, type WorkerFunction, type WorkerInput, type WorkerOutput } from './define-worker'
export type { WorkerContext } from './item-context'
