export { mapWorkers, type MapWorkersOptions } from './map-workers'
export { ThreadError, type ThreadErrorKind } from './thread-error'
export { Threads, type ThreadsByLoad, type ThreadsLike } from './threads'
export type { WorkerLike, WorkerScript } from './worker-link'
