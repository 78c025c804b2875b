import { ItemContext, type WorkerContext } from './item-context'
import { Outbox } from './outbox'
import { BEGUN, ENDED, type ItemsMessage, type StartMessage, type ToThread } from './protocol'
import type { ThreadPort } from './thread-port'
import { unpackThrown } from './thrown'
import { nextTurn } from './turn'

/** The items of one message. */
interface Batch {
  readonly message: ItemsMessage
  at: number
  next: Batch | undefined
}

/**
 * The thread's half of a worker stage: deals with items one after the other, in the order they came.
 *
 * ```text
 *   port ─items─▶ batch ▶ batch ▶ …  ─▶ function ─▶ outbox ─results─▶ port
 *                 at most `capacity` items: the stage counts
 * ```
 *
 * Invariant: `#running` from when there is something to do until there is nothing; then exactly one of "in `#go`", "a
 * promise is awaited" and "a turn is let pass" holds.
 */
export class Serving {
  readonly #port: ThreadPort
  readonly #work: (item: unknown, context: WorkerContext) => unknown
  readonly #outbox: Outbox
  #head: Batch | undefined
  #tail: Batch | undefined
  #running = false
  #stopped: { readonly reason: unknown } | undefined
  #settings: StartMessage | undefined
  #progress: Int32Array | undefined
  #begun = 0
  #current: ItemContext | undefined
  #sending = false
  #refusal: Error | undefined

  constructor(port: ThreadPort, work: (item: unknown, context: WorkerContext) => unknown, transfer: ((result: unknown) => readonly object[]) | undefined) {
    this.#port = port
    this.#work = work
    this.#outbox = new Outbox(port, transfer)
    port.listen((message) => { this.#receive(message) })
  }

  /**
   * Something is wrong with the script: no item is begun any more. Not thrown before somebody asks for work: outside of our
   * threads, in those of a test runner, a script may do what it likes. Uncaught, it ends the thread and says why.
   */
  refuse(error: Error): void {
    if (this.#settings) throw error
    this.#refusal ??= error
  }

  #receive(message: ToThread): void {
    if (message.sluice === 'start') this.#start(message)
    else if (message.sluice === 'items') this.#take(message)
    else this.#stop(unpackThrown(message.reason))
  }

  #start(message: StartMessage): void {
    if (this.#refusal) throw this.#refusal
    if (this.#settings) return
    this.#settings = message
    this.#progress = message.progress && new Int32Array(message.progress)
    this.#outbox.returnsItems = message.returnsItems
    this.#port.post({ sluice: 'ready' })
  }

  #take(message: ItemsMessage): void {
    const batch: Batch = { message, at: 0, next: undefined }
    if (this.#tail) this.#tail.next = batch
    else this.#head = batch
    this.#tail = batch
    if (this.#running || this.#stopped) return
    this.#running = true
    this.#outbox.restart()
    this.#go()
  }

  #stop(reason: unknown): void {
    if (this.#stopped) return
    this.#stopped = { reason }
    this.#head = this.#tail = undefined
    this.#current?.abort(reason)
    if (!this.#running) this.#port.post({ sluice: 'stopped' })
  }

  readonly #go = (): void => {
    while (this.#head !== undefined && this.#stopped === undefined) {
      if (!this.#one(this.#head) || this.#isPausing()) return
    }
    this.#outbox.flush()
    this.#running = false
    if (this.#stopped) this.#port.post({ sluice: 'stopped' })
  }

  /** Lets a turn pass now and then, so that a stop gets in, however long the items of a message take together. */
  #isPausing(): boolean {
    if (!this.#outbox.isDue) return false
    this.#outbox.flush()
    nextTurn(this.#go)
    return true
  }

  /** Deals with one item; false where its promise is awaited. */
  #one(batch: Batch): boolean {
    const { items, attempts, contexts } = batch.message
    const index = batch.at++
    const item = items[index]
    items[index] = undefined
    const isLast = batch.at === items.length
    if (isLast) {
      this.#head = batch.next
      if (this.#head === undefined) this.#tail = undefined
    }
    const context = (this.#current = new ItemContext(attempts?.[index] ?? 1, contexts?.[index]))
    if (this.#progress) Atomics.store(this.#progress, BEGUN, (this.#begun = (this.#begun + 1) | 0))
    let result: unknown
    try {
      result = this.#work(item, context)
    } catch (error) {
      this.#outbox.threw(error, item)
      this.#over(isLast)
      return true
    }
    if (isThenable(result)) {
      this.#await(result, item, context, isLast)
      return false
    }
    this.#outbox.done(result, item)
    this.#over(isLast)
    return true
  }

  #over(isLast: boolean): void {
    this.#current = undefined
    if (this.#progress) Atomics.store(this.#progress, ENDED, this.#begun)
    if (isLast) this.#outbox.flush()
  }

  #await(promise: PromiseLike<unknown>, item: unknown, context: ItemContext, isLast: boolean): void {
    const timeoutMs = this.#settings?.timeoutMs
    let open = true
    const settled = (note: () => void): void => {
      if (!open) return
      open = false
      clearTimeout(timer)
      note()
      this.#over(isLast)
      if (!this.#isPausing()) this.#go()
    }
    const timer = timeoutMs === undefined ? undefined : setTimeout(() => {
      settled(() => { this.#outbox.timedOut(item) })
      context.abort(Object.assign(new Error(`no result within ${timeoutMs} ms`), { code: 'SLUICE_TIMEOUT' }))
    }, timeoutMs)
    // Not Promise.resolve: what it reads of a hostile answer may throw.
    new Promise((resolve) => { resolve(promise) }).then(
      (value) => { settled(() => { this.#outbox.done(value, item) }) },
      (error: unknown) => { settled(() => { this.#outbox.threw(error, item) }) },
    )
    // Results that are there do not wait for one that takes its time.
    if (this.#sending || this.#outbox.isEmpty) return
    this.#sending = true
    nextTurn(() => {
      this.#sending = false
      this.#outbox.flush()
    })
  }
}

/** As the one of core, which is not loaded in a thread: where `then` throws, awaiting it tells so. */
function isThenable(value: unknown): value is PromiseLike<unknown> {
  if (value === null || (typeof value !== 'object' && typeof value !== 'function')) return false
  try {
    return typeof (value as { readonly then?: unknown }).then === 'function'
  } catch {
    return true
  }
}
