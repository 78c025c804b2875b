import { DONE, isThenable, PENDING, QueueFullError, RingBuffer, source, type Source, type Stage } from '@sluice/core'
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

/** Begins to push; called as {@link Beginning} says. */
export type Connect<T> = (target: PushTarget<T>, stage: Stage) => void

/**
 * When a source begins to listen. `'first pull'`, where that calls user code. `'opened'`, inside the call of `run`, where
 * something may happen at any time: a busy scheduler can put the first pull off beyond the next event.
 */
export type Beginning = 'first pull' | 'opened'

/**
 * A source that is pushed into.
 *
 * ```text
 *   producer ─push─▶ [ring: capacity, policy] ◀─pull─ pipeline
 *      ▲                 │ high: onHigh, low: onLow
 *      └─────────────────┘
 * ```
 */
export function pushSource<T>(options: CheckedPushOptions<T>, connect: Connect<T>, begins: Beginning = 'first pull'): Source<T> {
  return source<T>(options.name, (stage) => {
    const puller = new PushPuller(options, connect, stage)
    if (begins === 'opened') puller.begin()
    return puller
  })
}

class PushPuller<T> {
  readonly #options: CheckedPushOptions<T>
  readonly #connect: Connect<T>
  readonly #stage: Stage
  readonly #ring: RingBuffer<T>
  #disconnect: (() => unknown) | undefined
  /** What taking the listeners off came to, for `close` to answer. */
  #left: Promise<unknown> | undefined
  #state: 'new' | 'open' | 'ended' = 'new'
  /** `onHigh` was called, and `onLow` has not been since. */
  #isHigh = false
  #pulling = false

  constructor(options: CheckedPushOptions<T>, connect: Connect<T>, stage: Stage) {
    this.#options = options
    this.#connect = connect
    this.#stage = stage
    this.#ring = new RingBuffer<T>(options.capacity)
    stage.expose(this.#ring)
  }

  pull(into: T[], limit: number): number {
    if (this.#state === 'new') this.#open()
    const count = this.#ring.drain(into, limit)
    // Should `onLow` throw, these come out first.
    this.#stage.ready = count
    this.#drained()
    if (count > 0) return count
    return this.#state === 'ended' ? DONE : PENDING
  }

  /** The run is being stopped: nothing more is taken in, what is held comes out. */
  halt(): boolean {
    this.#end()
    return !this.#ring.isEmpty
  }

  close(): unknown {
    this.#ring.clear()
    this.#end()
    return this.#left
  }

  /** Listens before the first pull. */
  begin(): void {
    try {
      this.#open()
    } catch (error) {
      // What was put on already is taken off, as it is where a pull throws.
      this.#end()
      this.#stage.fail(error)
    }
    this.#pulling = false
  }

  #open(): void {
    this.#state = 'open'
    this.#pulling = true
    this.#connect({
      push: (value) => { this.#push(value) },
      end: () => {
        this.#end()
        this.#wake()
      },
      fail: (error) => {
        if (this.#state !== 'open') return
        this.#end()
        this.#stage.fail(error)
      },
      whenOver: (disconnect) => {
        if (this.#state === 'ended') this.#leave(disconnect)
        else this.#disconnect = disconnect
      },
    }, this.#stage)
    this.#pulling = false
  }

  #push(value: T): void {
    if (this.#state !== 'open') return
    const { overflow, onDrop, onHigh, high } = this.#options
    if (this.#ring.isFull) {
      if (overflow === 'fail') {
        this.#end()
        this.#stage.fail(new QueueFullError(`${this.#stage.name}: full (${this.#ring.capacity} values), and its overflow policy is 'fail'`), value)
        return
      }
      const dropped = overflow === 'drop-newest' ? value : (this.#ring.shift() as T)
      if (overflow !== 'drop-newest') this.#ring.push(value)
      this.#stage.drop(1)
      this.#call(() => onDrop?.(dropped))
    } else {
      this.#ring.push(value)
      if (!this.#isHigh && this.#ring.size >= high) {
        this.#isHigh = true
        this.#call(() => onHigh?.())
      }
    }
    this.#wake()
  }

  #drained(): void {
    if (!this.#isHigh || this.#ring.size > this.#options.low) return
    this.#isHigh = false
    this.#options.onLow?.()
  }

  /** User code inside the producer's call: its failure is the run's, not the producer's. */
  #call(work: () => unknown): void {
    try {
      work()
    } catch (error) {
      this.#end()
      this.#stage.fail(error)
    }
  }

  #wake(): void {
    // Inside a pull nobody has to be woken: it is still being answered.
    if (this.#pulling) return
    this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  #end(): void {
    this.#state = 'ended'
    const disconnect = this.#disconnect
    this.#disconnect = undefined
    if (disconnect) this.#leave(disconnect)
  }

  /** It may happen inside the producer's call, whose business its failure is not: `close` hands it to the run. */
  #leave(disconnect: () => unknown): void {
    try {
      const work = disconnect()
      if (isThenable(work)) this.#left = Promise.resolve(work)
    } catch (error) {
      this.#left = Promise.reject(error)
    }
    this.#left?.catch(() => {})
  }
}
