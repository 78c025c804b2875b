import type { Clock } from '@sluice/core'
import type { Call } from '@sluice/core/authoring'
import { errorText } from '../error-text'
import type { FromThread } from '../worker-thread/protocol'
import { ThreadError } from './thread-error'
import { ThreadItems, type ItemOwner } from './thread-items'
import { ThreadProgress } from './thread-progress'
import { ThreadStart } from './thread-start'
import { ThreadStop } from './thread-stop'
import { ThreadWatch } from './thread-watch'
import { WorkerLink, type WorkerLike } from './worker-link'
import type { CheckedWorkerOptions } from './worker-options'

/** Why a thread is gone, and what it had. */
export interface Loss<A, B> {
  readonly error: unknown
  /** The item it was at; undefined where nobody knows. */
  readonly culprit: Call<A, B> | undefined
  /** What it had beside that: dealt with or not, there are no results of it. */
  readonly others: readonly Call<A, B>[]
}

/** Who is told what becomes of a thread and its items. */
export interface ThreadOwner<A, B> extends ItemOwner<A, B> {
  ready(): void
  /** After the results of a message. */
  moved(thread: Thread<A, B>): void
  lost(thread: Thread<A, B>, loss: Loss<A, B>): void
}

/**
 * The stage's half of one thread: its credits, what it has, whether it still moves.
 *
 * ```text
 *   starting ─ ready ─▶ ready ─ stop, terminate ─▶ over        start: how it gets ready    items: what it has
 *      └─────────────────┴─ exit, hang: lost ────────▲         watch: whether it moves     progress: whom to blame
 * ```
 *
 * What is said in between is in `worker-thread/protocol.ts`. Invariants: it has at most `capacity` items, the credits;
 * after `lost` or `stop` nobody is told anything any more.
 */
export class Thread<A, B> {
  state: 'starting' | 'ready' | 'over' = 'starting'
  /** It is one too many: it gets nothing more. */
  retiring = false
  /** It has an item that may have ended other threads, alone. */
  quarantined = false
  readonly #name: string
  readonly #owner: ThreadOwner<A, B>
  readonly #link: WorkerLink
  readonly #items: ThreadItems<A, B>
  readonly #progress = new ThreadProgress()
  readonly #watch: ThreadWatch
  readonly #stop: ThreadStop
  readonly #start: ThreadStart
  readonly #clock: Clock
  #busySince: number | undefined
  #busyMs = 0

  constructor(make: () => WorkerLike, options: CheckedWorkerOptions<A>, clock: Clock, owner: ThreadOwner<A, B>) {
    this.#name = options.name
    this.#owner = owner
    this.#clock = clock
    this.#link = new WorkerLink(make, {
      received: (message) => { this.#received(message) },
      gone: (error, code) => { this.#gone(error, code) },
    })
    this.#items = new ThreadItems(this.#link, options, owner)
    this.#watch = new ThreadWatch(options, clock, (error) => { this.#lose(error) })
    this.#stop = new ThreadStop(this.#link, clock, options.graceMs)
    this.#start = new ThreadStart(this.#link, options, this.#progress, clock, (error) => { this.#lose(error) })
  }

  /** How long it has had items to work on, in ms. */
  get busyMs(): number {
    return this.#busyMs + (this.#busySince === undefined ? 0 : this.#clock.now() - this.#busySince)
  }

  /** How many items it has. */
  get load(): number {
    return this.#items.size
  }

  /** Takes an item, to be sent with the next message. */
  give(call: Call<A, B>): void {
    this.#items.give(call)
  }

  /** Sends what it was given. */
  send(): void {
    const { out } = this.#items
    const wasIdle = out.isEmpty
    this.#items.send()
    // Not before: of what cannot be sent nothing will ever come.
    if (wasIdle && out.size > 0) {
      this.#watch.begin()
      this.#busySince = this.#clock.now()
    }
  }

  /** Ends it: at once where it has nothing to do, else after `graceMs` at most. */
  async stop(reason: unknown): Promise<void> {
    const isBusy = !this.#items.out.isEmpty
    this.#end()
    if (isBusy) await this.#stop.ask(reason)
    await this.#link.terminate()
  }

  /** Ends it, whatever it does. */
  terminate(): Promise<void> {
    this.#end()
    return this.#link.terminate()
  }

  #received(message: FromThread): void {
    if (message.sluice === 'results') {
      if (this.state !== 'ready') return
      this.#watch.moved()
      this.#progress.answered(message.values.length)
      if (!this.#items.answer(message)) {
        this.#lose(new ThreadError('exited', `${this.#name}: a thread gave more results than it had items, so no result of it can be trusted: who else answers there?`))
        return
      }
      if (this.#items.out.isEmpty) this.#rest()
      this.#owner.moved(this)
    } else if (message.sluice === 'ready') {
      if (this.state !== 'starting') return
      this.#start.over()
      this.state = 'ready'
      this.#owner.ready()
    } else if (message.sluice === 'hello') {
      if (this.state === 'starting') this.#start.tell()
    } else if (message.sluice === 'stopped') {
      this.#stop.stopped()
    }
  }

  #gone(error: unknown, code: number | undefined): void {
    const options = error === undefined ? undefined : { cause: error }
    const how = error !== undefined ? `: ${errorText(error)}` : code === undefined ? '' : ` with code ${code}`
    // While it was being stopped: that it is.
    this.#stop.stopped()
    if (this.state === 'starting') {
      const hint = error === undefined ? ': does its script call defineWorker?' : ''
      this.#lose(new ThreadError('start', `${this.#name}: a thread has ended${how} before it was ready${hint}`, options))
    }
    else this.#lose(new ThreadError('exited', `${this.#name}: the thread has ended${how} while it had this item`, options))
  }

  #lose(error: unknown): void {
    if (this.state === 'over') return
    const culprit = this.#progress.culprit(this.#items.out)
    this.#owner.lost(this, { error, culprit, others: this.#items.takeOthers(culprit) })
  }

  /** It has nothing to do. */
  #rest(): void {
    this.#watch.end()
    this.#busyMs = this.busyMs
    this.#busySince = undefined
  }

  #end(): void {
    this.state = 'over'
    this.#start.over()
    this.#watch.end()
  }
}
