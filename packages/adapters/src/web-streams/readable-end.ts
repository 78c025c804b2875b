import { type Run, type RunOptions, type Source } from '@sluice/core'
import { abortRun } from '../abort-run'
import { ByteFeed, type ByteController } from './byte-feed'
import { runOnDemand, type Demand } from './on-demand'

/** What a {@link ReadableEnd} is made of; `bytes` makes a byte stream. */
export interface ReadableEndOptions<T> {
  readonly name: string
  readonly highWaterMark: number
  readonly size?: ((chunk: T) => number) | undefined
  readonly bytes: boolean
  readonly run: RunOptions
}

/** What both controllers of the platform have. */
type Controller<T> = Pick<ReadableStreamDefaultController<T>, 'desiredSize' | 'enqueue' | 'close' | 'error'>

/**
 * A ReadableStream that ends a pipeline: the stream asks, the run answers.
 *
 * ```text
 *   source ─▶ … ─▶ on-demand sink ─enqueue▶ [stream: highWaterMark] ─▶ reader
 *                   ▲ wanted ◀─ pull(): a read waits, or there is room ─┘
 * ```
 *
 * Invariants: one value is wanted for each time the stream asks, and one beyond that from `lookAhead` on; a failure reaches
 * the stream when all values before it were read; after `#over` the controller is not touched.
 */
export class ReadableEnd<T> implements Demand<T> {
  readonly stream: ReadableStream<T>
  readonly #source: Source<T>
  readonly #options: ReadableEndOptions<T>
  readonly #highWaterMark: number
  #controller!: Controller<T>
  #bytes: ByteFeed | undefined
  #run: Run<void> | undefined
  #turn: (() => void) | undefined
  /** Values for which a read waits, or there is room. */
  #asked = 0
  /** It reads ahead, and all chunks count the same. */
  readonly #counts: boolean
  /** The end may be near, and is to be found without a reader. */
  #looksAhead = false
  /** The value read ahead. The stream does not have it yet: it would not say when it was read, where its mark is 0. */
  #ahead: { readonly value: T } | undefined
  /** The run has failed, and what came before that has not been read yet. */
  #failure: { readonly error: unknown } | undefined
  #over = false
  /** The smallest size seen: less than half of it in the stream is a rounding error, not a chunk. */
  #grain = 1

  constructor(source: Source<T>, options: ReadableEndOptions<T>) {
    const { name, highWaterMark, size, bytes } = options
    this.#source = source
    this.#options = options
    this.#highWaterMark = highWaterMark
    this.#counts = highWaterMark > 1 && size === undefined && !bytes
    const underlying = {
      start: (controller: unknown): void => {
        this.#controller = controller as Controller<T>
        if (bytes) this.#bytes = new ByteFeed(name, controller as ByteController)
      },
      pull: (): void => { this.#pull() },
      cancel: (reason: unknown): Promise<void> => this.#cancel(reason),
    }
    this.stream = bytes
      ? new ReadableStream({ type: 'bytes', ...underlying }, { highWaterMark }) as unknown as ReadableStream<T>
      : new ReadableStream<T>(underlying, size ? { highWaterMark, size: (chunk) => this.#weigh(size, chunk) } : { highWaterMark })
  }

  /** Opens the source; nothing is pulled before a value is wanted. */
  start(): Run<void> {
    if (this.#run) return this.#run
    const { name, run } = this.#options
    this.#run = runOnDemand(name, this.#source, this, (turn) => { this.#turn = turn }).run({ name, ...run })
    this.#run.then(() => { this.#close() }, (error: unknown) => { this.#fail(error) })
    return this.#run
  }

  /**
   * From now on one value more than the stream asks for is read. So the end is found when the last value is handed out,
   * and not by a read after it.
   */
  lookAhead(): void {
    this.#looksAhead = true
    this.#turn?.()
  }

  wanted(): number {
    if (this.#over) return 0
    return this.#looksAhead && this.#ahead === undefined ? this.#asked + 1 : this.#asked
  }

  take(value: T): void {
    if (this.#over) return
    if (this.#asked === 0) {
      this.#ahead = { value }
      return
    }
    // First: the stream may ask again inside the call.
    this.#asked--
    if (this.#bytes === undefined) this.#controller.enqueue(value)
    else if (!this.#bytes.put(value)) this.#asked = 1
  }

  #pull(): void {
    const ahead = this.#ahead
    if (ahead === undefined && this.#failure) {
      this.#fail(this.#failure.error)
      return
    }
    const waiting = this.#asked > 0
    // Without room for more the stream asks again for the next one, which costs less than to look at its `desiredSize`.
    this.#asked = this.#counts ? Math.max(1, Math.floor(this.#controller.desiredSize ?? 1)) : 1
    if (ahead) {
      this.#ahead = undefined
      this.take(ahead.value)
    }
    if (this.#turn === undefined) this.start()
    else if (waiting) return
    this.#turn?.()
  }

  async #cancel(reason: unknown): Promise<void> {
    this.#over = true
    // What was never read is opened all the same: only so does the cancel reach the far end of it.
    await abortRun(this.start(), reason)
  }

  #close(): void {
    if (this.#over) return
    if (this.#ahead) this.#controller.enqueue(this.#ahead.value)
    this.#over = true
    try {
      this.#controller.close()
      this.#bytes?.end()
    } catch {
      // A byte stream refuses to close where a reader has been given a part of an element. It has failed then, and the
      // read with it: both know the reason, and the run, which has given all its values, has nothing to do with it.
    }
  }

  #fail(error: unknown): void {
    if (this.#over) return
    if (this.#run?.status !== 'aborted' && (this.#ahead || !this.#isEmpty())) {
      this.#failure = { error }
      return
    }
    this.#over = true
    this.#controller.error(error)
  }

  #isEmpty(): boolean {
    const { desiredSize } = this.#controller
    return desiredSize === null || this.#highWaterMark - desiredSize < this.#grain / 2
  }

  #weigh(size: (chunk: T) => number, chunk: T): number {
    const weight = size(chunk)
    if (weight > 0 && weight < this.#grain) this.#grain = weight
    return weight
  }
}
