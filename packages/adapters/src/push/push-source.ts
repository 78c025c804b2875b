import { type OnError, type Source } from '@sluice/core'
import { DONE, Held, PENDING, promiseOf, source, Trials, valueContexts, withContexts, type Puller, type Stage, type Within } from '@sluice/core/authoring'
import { Caught } from './caught'
import type { CheckedPushOptions } from './push-options'
import { Unmade } from './unmade'

/** Where a producer that cannot be held back puts its values. After the end of the run every call is ignored. */
export interface PushTarget<T> {
  readonly push: (value: T) => void
  /**
   * Pushes what `make` answers, which is called at once. Where it throws, `item` goes where `onError` says, at its place in line; a next try
   * calls `make` again.
   */
  readonly pushMade: (item: unknown, make: () => T) => void
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
export function pushSource<T>(options: CheckedPushOptions<T>, connect: Connect<T>, onError: OnError<never> = 'fail'): Source<T> {
  return source<T>(options.name, (stage) => {
    const puller = new PushPuller(options, stage, onError)
    puller.listen(connect)
    return withContexts(puller, stage)
  })
}

/** A value, or what no value could be made of. */
type Pushed<T> = T | Unmade<T>

/**
 * Invariant: before the first pull nobody is woken and no stage is failed, because the stages downstream may not be made
 * yet. The first pull finds what was pushed, and the end or failure after it.
 */
class PushPuller<T> implements Puller<T> {
  /** A producer says by itself when it has ended, so a stop does not wait for that. */
  readonly live = true
  readonly #options: CheckedPushOptions<T>
  readonly #stage: Stage
  readonly #held: Held<Pushed<T> | Caught<Pushed<T>>>
  readonly #capture = valueContexts()
  /** Values are handed out one by one, each with the context in which it was pushed. */
  readonly carries = this.#capture !== undefined
  /** The context of the value that was handed out last. */
  within: Within | undefined
  /** Undefined: the first item of which no value can be made fails the run, and nothing more is taken in. */
  readonly #trials: Trials<unknown> | undefined
  /** The one before the supervisor. What was pushed after it waits. */
  #unmade: Unmade<T> | undefined
  readonly #slot: (Pushed<T> | Caught<Pushed<T>> | undefined)[] = []
  #disconnect: (() => unknown) | undefined
  /** The result of taking the listeners off, for `close` to answer. */
  #left: Promise<unknown> | undefined
  #isOpen = true
  /** `onHigh` was called, and `onLow` has not been since. */
  #isHigh = false
  #wasPulled = false
  /** A failure that came before the first pull. */
  #failure: { readonly error: unknown; readonly item: unknown } | undefined

  constructor(options: CheckedPushOptions<T>, stage: Stage, onError: OnError<never>) {
    this.#options = options
    this.#stage = stage
    const { capacity, overflow, onDrop } = options
    this.#trials = onError === 'fail' ? undefined : new Trials<unknown>(stage, onError as OnError<unknown>, stage.wake)
    this.#held = new Held<Pushed<T> | Caught<Pushed<T>>>({
      name: stage.name,
      capacity,
      overflow,
      // It was never read, so there is no fate to settle.
      onDrop: (held) => {
        stage.drop(1)
        const value = held instanceof Caught ? held.value : held
        if (!(value instanceof Unmade)) onDrop?.(value)
      },
    })
    stage.expose(this.#held)
  }

  listen(connect: Connect<T>): void {
    try {
      connect({
        push: (value) => { this.#push(value) },
        pushMade: (item, make) => { this.#pushMade(item, make) },
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
    const count = this.#trials ? this.#drain(into, limit, this.#trials) : this.#drainPlain(into, limit)
    // Should `onLow` throw, these come out first.
    this.#stage.ready = count
    this.#drained()
    if (count > 0) return count
    if (this.#unmade) return this.#decided(this.#unmade)
    if (this.#failure) {
      this.#stage.item = this.#failure.item
      throw this.#failure.error
    }
    return this.#isOpen ? PENDING : DONE
  }

  /** The run is being stopped: nothing more is taken in, what is held comes out. */
  halt(): boolean {
    this.#end()
    return !this.#held.isEmpty || this.#unmade !== undefined || this.#failure !== undefined
  }

  /** Values that nobody has taken are lost now: they are counted and offered, as those for which there was no room. */
  close(): unknown {
    this.#end()
    this.#trials?.close()
    // Taken out of the line, and never read: nothing will come of it.
    if (this.#unmade && (this.#unmade.verdict === 'dropped' || this.#unmade.verdict === 'again')) this.#stage.drop(1)
    this.#held.dropAll()
    this.#complain()
    return this.#left
  }

  #pushMade(item: unknown, make: () => T): void {
    if (!this.#isOpen) return
    let value: T
    try {
      value = make()
    } catch (error) {
      // The failure of the pipeline, and none of the producer.
      if (this.#trials) this.#push(new Unmade<T>(item, make, error))
      else this.#fail(error, item)
      return
    }
    this.#push(value)
  }

  #drainPlain(into: T[], limit: number): number {
    const count = this.#held.drainInto(into, null, limit)
    if (this.carries) for (let i = 0; i < count; i++) into[i] = this.#release(into[i] as T | Caught<Pushed<T>>) as T
    return count
  }

  /** What was pushed; its context is that of the value that is handed out now. */
  #release(held: Pushed<T> | Caught<Pushed<T>>): Pushed<T> {
    if (!(held instanceof Caught)) return held
    this.within = held.within
    return held.value
  }

  /** Values in order, as far as the first item that waits for what is decided about it. */
  #drain(into: T[], limit: number, trials: Trials<unknown>): number {
    let count = 0
    while (count < limit) {
      const unmade = this.#unmade
      if (unmade === undefined) {
        if (this.#held.drainInto(this.#slot as Pushed<T>[], null, 1) === 0) break
        const next = this.#release(this.#slot[0] as Pushed<T>)
        this.#slot[0] = undefined
        if (!(next instanceof Unmade)) {
          into[count++] = next
          continue
        }
        this.#unmade = next
        if (trials.failed(next, next.error) === 'deciding') break
      } else if (unmade.verdict === 'skipped') {
        this.#unmade = undefined
      } else if (unmade.verdict === 'again') {
        unmade.tryAgain()
        try {
          into[count] = unmade.make()
        } catch (error) {
          if (trials.failed(unmade, error) === 'deciding') break
          continue
        }
        count++
        this.#unmade = undefined
      } else {
        break
      }
    }
    return count
  }

  /** Nothing comes out: the item in front of it all has failed for good, or is still being decided about. */
  #decided({ verdict, error, item, attempt }: Unmade<T>): number {
    if (verdict !== 'failed') return PENDING
    this.#end()
    this.#stage.fail(error, item, attempt)
    return DONE
  }

  #push(value: T | Unmade<T>): void {
    if (!this.#isOpen) return
    const held = this.#capture ? new Caught(value, this.#capture()) : value
    if (this.#held.push(held, undefined) === 'refused') {
      this.#fail(this.#held.fullError(), value instanceof Unmade ? value.item : value)
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
