import { QueueFullError, type Source } from '@sluice/core'
import { DONE, Held, PENDING, promiseOf, source, type Puller, type Stage } from '@sluice/core/authoring'
import type { CheckedPushOptions } from './push-options'

/** Where a producer that cannot be held back puts its values. After the end of the run every call is ignored. */
export interface PushTarget<T> {
  readonly push: (value: T) => void
  /** What was pushed still comes out, then the source completes. */
  readonly end: () => void
  /** What was pushed still comes out, then the source fails. */
  readonly fail: (error: unknown) => void
  /**
   * Called once, when nothing more is wanted: takes every listener off again, and its promise is awaited by the run. Say
   * so before the first value can come; where that is over already, it is called at once.
   */
  readonly whenOver: (disconnect: () => unknown) => void
}

/** Begins to listen to a producer; called when the source is opened. */
export type Connect<T> = (target: PushTarget<T>, stage: Stage) => void

/**
 * A source that is pushed into.
 *
 * ```text
 *   producer ─push─▶ [held: capacity, policy] ◀─pull─ pipeline
 *      ▲                 │ high: onHigh, low: onLow
 *      └─────────────────┘
 * ```
 *
 * It listens as soon as it is opened: for a source that belongs to the pipeline itself, inside the call of `run`. A
 * producer may push right behind that call, and a busy scheduler can put the first pull off beyond the next event: what
 * came before the first pull would be lost, and nobody could count it.
 */
export function pushSource<T>(options: CheckedPushOptions<T>, connect: Connect<T>): Source<T> {
  return source<T>(options.name, (stage) => {
    const puller = new PushPuller(options, stage)
    puller.listen(connect)
    return puller
  })
}

/**
 * Invariant: before the first pull nobody is woken and no stage is failed, because the stages downstream may not be made
 * yet. The first pull finds what was pushed, and the end or failure after it.
 */
class PushPuller<T> implements Puller<T> {
  /** A producer says by itself when it has ended, so a stop does not wait for that. */
  readonly live = true
  readonly #options: CheckedPushOptions<T>
  readonly #stage: Stage
  readonly #held: Held<T>
  #disconnect: (() => unknown) | undefined
  /** The result of taking the listeners off, for `close` to answer. */
  #left: Promise<unknown> | undefined
  #isOpen = true
  /** `onHigh` was called, and `onLow` has not been since. */
  #isHigh = false
  #wasPulled = false
  /** A failure that came before the first pull. */
  #failure: { readonly error: unknown; readonly item: unknown } | undefined

  constructor(options: CheckedPushOptions<T>, stage: Stage) {
    this.#options = options
    this.#stage = stage
    const { capacity, overflow, onDrop } = options
    this.#held = new Held<T>({
      capacity,
      overflow,
      // It was never read, so there is no fate to settle.
      onDrop: (value) => { stage.drop(1); onDrop?.(value) },
      full: () => new QueueFullError(`${stage.name}: full (${capacity} values), and its overflow policy is 'fail'`),
    })
    stage.expose(this.#held)
  }

  listen(connect: Connect<T>): void {
    try {
      connect({
        push: (value) => { this.#push(value) },
        end: () => {
          this.#end()
          this.#wake()
        },
        fail: (error) => { if (this.#isOpen) this.#fail(error) },
        whenOver: (disconnect) => {
          if (this.#isOpen) this.#disconnect = disconnect
          else this.#leave(disconnect)
        },
      }, this.#stage)
    } catch (error) {
      this.#fail(error)
    }
  }

  pull(into: T[], limit: number): number {
    this.#wasPulled = true
    const count = this.#held.drainInto(into, null, limit)
    // Should `onLow` throw, these come out first.
    this.#stage.ready = count
    this.#drained()
    if (count > 0) return count
    if (this.#failure) {
      this.#stage.item = this.#failure.item
      throw this.#failure.error
    }
    return this.#isOpen ? PENDING : DONE
  }

  /** The run is being stopped: nothing more is taken in, what is held comes out. */
  halt(): boolean {
    this.#end()
    return !this.#held.isEmpty || this.#failure !== undefined
  }

  /** Values that nobody has taken are lost now: they are counted and offered, as those for which there was no room. */
  close(): unknown {
    this.#end()
    this.#held.dropAll()
    this.#complain()
    return this.#left
  }

  #push(value: T): void {
    if (!this.#isOpen) return
    try {
      this.#held.push(value, undefined)
    } catch (error) {
      this.#fail(error, value)
      return
    }
    this.#complain()
    this.#filled()
    this.#wake()
  }

  /** User code inside the producer's call: its failure is the run's, not the producer's. */
  #filled(): void {
    if (this.#isHigh || this.#held.size < this.#options.high) return
    this.#isHigh = true
    try {
      this.#options.onHigh?.()
    } catch (error) {
      this.#fail(error)
    }
  }

  /** What `onDrop` throws is the run's failure, too. */
  #complain(): void {
    const complaint = this.#held.takeComplaint()
    if (complaint) this.#fail(complaint.error)
  }

  #drained(): void {
    if (!this.#isHigh || this.#held.size > this.#options.low) return
    this.#isHigh = false
    this.#options.onLow?.()
  }

  #wake(): void {
    if (this.#wasPulled) this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  #fail(error: unknown, item?: unknown): void {
    this.#end()
    if (this.#wasPulled) this.#stage.fail(error, item)
    else this.#failure ??= { error, item }
  }

  #end(): void {
    this.#isOpen = false
    const disconnect = this.#disconnect
    this.#disconnect = undefined
    if (disconnect) this.#leave(disconnect)
  }

  /** A failure of it belongs to the run, not to the producer, in whose call this may happen: `close` hands it on. */
  #leave(disconnect: () => unknown): void {
    try {
      this.#left = promiseOf(disconnect())
    } catch (error) {
      this.#left = Promise.reject(error)
    }
    this.#left?.catch(() => {})
  }
}
