import { ProtocolError, type Outcome, type Run, type Source } from '@sluice/core'
import { coded, DONE, PENDING, source, type Stage } from '@sluice/core/authoring'
import { abortRun } from '../abort-run'

/** A value that was written, and whoever waits for it to be taken. */
interface Written<T> {
  readonly value: T
  readonly resolve: () => void
  readonly reject: (error: unknown) => void
}

/** The limits of the stream, as the platform takes them. */
export interface WritableLimits<T> {
  readonly highWaterMark: number
  readonly size?: (chunk: T) => number
}

const resolved = Promise.resolve()

/**
 * A WritableStream that begins a pipeline: what is written is pulled, one value at a time.
 *
 * ```text
 *   writer ─▶ [stream: highWaterMark] ─write()▶ one value ◀─pull─ pipeline
 *                                       └ resolves a microtask after it was taken
 * ```
 *
 * That microtask is what a stage that fails at once needs to reject the write that made it fail.
 *
 * Invariants: at most one write is open, waiting or taken; it is settled in whatever way the source ends; the stream
 * fails when the source has ended before the stream was closed.
 */
export class WritableEnd<T> {
  readonly writable: WritableStream<T>
  /** To be read once. */
  readonly source: Source<T>
  readonly #name: string
  #controller!: WritableStreamDefaultController
  #stage: Stage | undefined
  #run: Run<unknown> | undefined
  #waiting: Written<T> | undefined
  #taken: Written<T> | undefined
  /** The stream was closed: what is still to come is the end. */
  #ended = false
  #over = false
  #onClosing: (() => void) | undefined

  readonly #onTaken = (): void => {
    const taken = this.#taken
    this.#taken = undefined
    taken?.resolve()
  }

  constructor(name: string, limits: WritableLimits<T>) {
    this.#name = name
    this.source = source<T>(name, (stage) => this.#open(stage))
    this.writable = new WritableStream<T>({
      start: (controller) => {
        this.#controller = controller
        // The platform calls `abort` only when the write under way has ended, which may need the pipeline to end first.
        const { signal } = controller as { readonly signal?: AbortSignal }
        // A microtask later, since Node does not expect a stream to be failed while it is being aborted.
        signal?.addEventListener('abort', () => void resolved.then(() => this.#run?.abort(signal.reason)))
      },
      write: (value) => this.#write(value),
      close: () => this.#close(),
      abort: (reason) => this.#run && abortRun(this.#run, reason),
    }, { ...limits, ...(limits.size && { size: this.#toldOf(limits.size) }) })
  }

  /** A size that throws fails the stream without a word to whoever made it: the run would wait for ever. */
  #toldOf(size: (chunk: T) => number): (chunk: T) => number {
    return (chunk) => {
      try {
        return size(chunk)
      } catch (error) {
        this.#stage?.fail(error, chunk)
        throw error
      }
    }
  }

  /** The run whose end is the end of the stream. */
  follow(run: Run<unknown>, onClosing?: () => void): void {
    this.#run = run
    this.#onClosing = onClosing
    run.then(() => { this.#end(undefined) }, (error: unknown) => { this.#end({ error }) })
  }

  #write(value: T): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#waiting = { value, resolve, reject }
      this.#stage?.wake()
    })
  }

  async #close(): Promise<void> {
    this.#ended = true
    this.#stage?.wake()
    this.#onClosing?.()
    await this.#run
  }

  #open(stage: Stage) {
    if (this.#stage) throw new ProtocolError(`${this.#name}: what is written to a stream can be read once`)
    this.#stage = stage
    return {
      // A writer may go on for ever. A stop refuses what was written and not taken, so nothing is lost.
      live: true,
      pull: (into: T[]): number => {
        const waiting = this.#waiting
        if (waiting === undefined) return this.#ended || stage.failing ? DONE : PENDING
        this.#waiting = undefined
        this.#taken = waiting
        into[0] = waiting.value
        void resolved.then(this.#onTaken)
        stage.dry = !this.#ended
        return 1
      },
      close: (outcome: Outcome): void => {
        if (outcome.status === 'failed') this.#end({ error: outcome.error })
        else if (outcome.status === 'cancelled') this.#end(outcome.reason === undefined ? undefined : { error: outcome.reason })
      },
    }
  }

  /** Nothing is read any more. What was written and not taken is refused, and so is what would come. */
  #end(failure: { readonly error: unknown } | undefined): void {
    if (this.#over) return
    this.#over = true
    const error = failure ? failure.error : coded('SLUICE_STREAM_ENDED', new TypeError(`${this.#name}: the pipeline that the stream feeds has ended, and takes no value any more`))
    if (failure) this.#taken?.reject(error)
    this.#onTaken()
    this.#waiting?.reject(error)
    this.#waiting = undefined
    if (!this.#ended) this.#controller.error(error)
  }
}
