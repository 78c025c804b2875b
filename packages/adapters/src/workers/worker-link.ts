import { coded, describeValue } from '@sluice/core/authoring'
import { ThreadError } from './thread-error'
import { isOurs, type FromThread, type ToThread } from '../worker-thread/protocol'

/** A worker of the platform: of `node:worker_threads`, or a Web Worker. */
export interface WorkerLike {
  postMessage(message: unknown, transfer?: never): void
  terminate(): unknown
}

/** Where a worker comes from: the address of its script, or a function that makes it. */
export type WorkerScript = URL | string | (() => WorkerLike)

/** Who is told what comes from a worker. */
export interface LinkOwner {
  received(message: FromThread): void
  /** It has ended, and nobody here has ended it; `error` is what it said of that. */
  gone(error: unknown, code: number | undefined): void
}

interface NodeWorker extends WorkerLike {
  on(event: string, listener: (value: unknown) => void): unknown
}
interface WebWorker extends WorkerLike {
  addEventListener(type: string, listener: (event: WorkerEvent) => void): void
}
interface WorkerEvent {
  readonly data?: unknown
  readonly error?: unknown
  readonly message?: string
  preventDefault?(): void
}

/** One worker, the same in Node and in browsers. Invariant: after `terminate`, and after `gone`, nothing is told any more. */
export class WorkerLink {
  readonly #worker: WorkerLike
  readonly #owner: LinkOwner
  #over = false
  #error: unknown

  constructor(make: () => WorkerLike, owner: LinkOwner) {
    this.#owner = owner
    this.#worker = make()
    if (typeof (this.#worker as Partial<NodeWorker>).on === 'function') this.#listenInNode(this.#worker as NodeWorker)
    else this.#listenOnTheWeb(this.#worker as WebWorker)
  }

  /** Throws where something in the message cannot be cloned. */
  post(message: ToThread, transfer: readonly object[] = []): void {
    if (!this.#over) this.#worker.postMessage(message, transfer as never)
  }

  /** Ends it, whatever it does; resolves when it has ended. */
  async terminate(): Promise<void> {
    this.#over = true
    await this.#worker.terminate()
  }

  #listenInNode(worker: NodeWorker): void {
    worker.on('message', (message) => { this.#received(message) })
    worker.on('messageerror', (error) => { this.#broken(error) })
    // Its messages may come after its error, but not after its exit.
    worker.on('error', (error) => { this.#error ??= error })
    worker.on('exit', (code) => { this.#gone(this.#error, code as number) })
  }

  #listenOnTheWeb(worker: WebWorker): void {
    worker.addEventListener('message', ({ data }) => { this.#received(data) })
    worker.addEventListener('messageerror', ({ data }) => { this.#broken(data ?? coded('SLUICE_THREAD', new Error('a message could not be read'))) })
    worker.addEventListener('error', (event) => {
      event.preventDefault?.()
      // An error that nobody caught does not end a Web Worker; its promise would never settle.
      this.#broken(event.error ?? coded('SLUICE_THREAD', new Error(event.message !== undefined && event.message !== '' ? event.message : 'the script could not be loaded, or has failed')))
    })
  }

  #received(message: unknown): void {
    if (this.#over || !isOurs(message)) return
    const { sluice } = message as FromThread
    if (sluice === 'leaving') this.#gone(undefined, undefined)
    else if (sluice === 'unreadable') this.#broken(coded('SLUICE_THREAD', new Error('the thread could not read a message')))
    else this.#owner.received(message as FromThread)
  }

  #broken(error: unknown): void {
    if (this.#over) return
    void this.#worker.terminate()
    this.#gone(error, undefined)
  }

  #gone(error: unknown, code: number | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#owner.gone(error, code)
  }
}

/** The function itself is no work for a thread: nothing that it closes over can go there. */
function madeBy(script: () => WorkerLike): WorkerLike {
  const worker = script() as Partial<WorkerLike> | null | undefined
  if (typeof worker?.postMessage === 'function') return worker as WorkerLike
  throw new ThreadError('start', `mapWorkers: the function must answer a new Worker, got ${describeValue(worker)}. What a thread does stands in a script of its own, in defineWorker(...)`)
}

/** Makes the workers of a script. */
export function workerMaker(script: WorkerScript, options: object): () => WorkerLike {
  if (typeof script === 'function') return () => madeBy(script)
  const { process, Worker } = globalThis as unknown as {
    readonly process?: { readonly getBuiltinModule?: (id: string) => unknown }
    readonly Worker?: new (script: URL | string, options: object) => WorkerLike
  }
  // Not an import: one build does for browsers, too.
  const threads = process?.getBuiltinModule?.('node:worker_threads') as { readonly Worker: NonNullable<typeof Worker> } | undefined
  if (threads) return () => new threads.Worker(script, options)
  return () => {
    if (Worker === undefined) throw coded('SLUICE_PLATFORM', new Error('there are no workers on this platform'))
    return new Worker(script, { type: 'module', ...options })
  }
}
