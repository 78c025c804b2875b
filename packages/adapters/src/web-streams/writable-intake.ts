import { coded, type Intake, PENDING, type Stage, type Ticket, type Tickets } from '@sluice/core/authoring'

/** What becomes of the stream when the run ends. */
export interface IntakeOptions {
  readonly preventClose?: boolean | undefined
  readonly preventAbort?: boolean | undefined
  /** Takes nothing before `begin`; where it does not complete the stream is kept as it is, and locked, until `tearDown`. */
  readonly keep?: boolean | undefined
}

/**
 * The running end of `toWritable`: writes while there is room, and hears of a stream that ends by itself.
 *
 * Invariants: `#open` counts the writes that have not settled; the first failure of the stream fails the stage, what
 * comes after it is the same one again; the lock is released once, when the run is over.
 */
export class WritableIntake<T> implements Intake<T, number> {
  readonly settles = true
  readonly #writer: WritableStreamDefaultWriter<T>
  readonly #stage: Stage
  readonly #options: IntakeOptions
  #written = 0
  #open = 0
  #onIdle: (() => void)[] = []
  #failure: { readonly error: unknown } | undefined
  /** The end was reached: from now on the stream may close. */
  #ending = false
  #released = false
  #begun: boolean
  /** `ready` is being waited for. */
  #waiting = false

  readonly #onWritten = (ticket?: Ticket | void): void => {
    this.#written++
    this.#stage.settle(ticket ?? undefined, 'delivered')
    this.#settled()
  }

  readonly #onReady = (): void => {
    this.#waiting = false
    this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  readonly #onError = (error: unknown): void => {
    this.#waiting = false
    this.#fail(error, undefined)
  }

  constructor(writable: WritableStream<T>, stage: Stage, options: IntakeOptions) {
    this.#stage = stage
    this.#options = options
    this.#begun = options.keep !== true
    this.#writer = writable.getWriter()
    this.#writer.closed.then(() => {
      if (!this.#ending) this.#fail(coded('SLUICE_STREAM_ENDED', new TypeError(`${stage.name}: the stream was closed before the run had ended`)), undefined)
    }, this.#onError)
  }

  /** The stream has ended by itself, with a failure or too early. */
  get failed(): boolean {
    return this.#failure !== undefined
  }

  /** True from the moment everything was written. */
  get ending(): boolean {
    return this.#ending
  }

  begin(): void {
    this.#begun = true
  }

  /**
   * One at a time: only the stream knows what a value counts, and only once it has it.
   *
   * One whose mark is 0 never has room. So it gets a value when none of ours is on its way: else not even the end or the
   * failure of the source could be found, and nothing would ever be written.
   */
  demand(): number {
    if (!this.#begun) return PENDING
    const room = this.#writer.desiredSize
    if (room !== null && (room > 0 || this.#open === 0)) return 1
    if (!this.#waiting) {
      this.#waiting = true
      this.#writer.ready.then(this.#onReady, this.#onError)
    }
    return PENDING
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): void {
    for (let i = 0; i < count; i++) this.#write(values[i] as T, tickets?.[i])
  }

  async end(): Promise<number> {
    this.#ending = true
    try {
      if (this.#failure) throw this.#failure.error
      if (this.#options.preventClose) await this.idle()
      else await this.#writer.close()
      // It may have come while the last writes were under way.
      const failure = this.#failure as { readonly error: unknown } | undefined
      if (failure) throw failure.error
    } finally {
      this.release()
    }
    return this.#written
  }

  abort(reason: unknown): Promise<void> | undefined {
    return this.#options.keep ? undefined : this.#abort(reason)
  }

  async #abort(reason: unknown): Promise<void> {
    const { preventAbort = false } = this.#options
    try {
      // An abort of the run is one of the stream. Else what was written before the failure gets where it should.
      if (preventAbort || this.#stage.outcome?.status === 'failed') await this.idle()
      if (!preventAbort && !this.failed) await this.#writer.abort(reason)
    } finally {
      this.release()
    }
  }

  /**
   * Ends the stream now, whatever the options say. Rejects with what went wrong while it was aborted; that it was failing
   * already, as one whose other side was cancelled may be, is no such thing.
   */
  async tearDown(reason: unknown): Promise<void> {
    if (this.#released) return
    this.#ending = true
    const writer = this.#writer
    try {
      await writer.abort(reason)
    } catch (error) {
      const failedWith = await writer.closed.then(() => undefined, (stored: unknown) => stored)
      if (error !== failedWith) throw error
    } finally {
      this.release()
    }
  }

  /** Resolves when no write is under way any more, however they ended. */
  idle(): Promise<void> {
    if (this.#open === 0) return Promise.resolve()
    return new Promise((resolve) => { this.#onIdle.push(resolve) })
  }

  release(): void {
    if (this.#released) return
    this.#released = true
    this.#writer.releaseLock()
  }

  #write(value: T, ticket: Ticket | undefined): void {
    this.#open++
    const written = this.#writer.write(value)
    written.then(ticket === undefined ? this.#onWritten : () => { this.#onWritten(ticket) }, (error: unknown) => {
      this.#stage.giveUp(ticket, error)
      this.#fail(error, value)
      this.#settled()
    })
  }

  #settled(): void {
    if (--this.#open > 0) return
    for (const resolve of this.#onIdle.splice(0)) resolve()
    // Where the mark is 0 the stream is never ready.
    if (!this.#released && this.#waiting && this.#writer.desiredSize === 0) this.#stage.scope.scheduler.dispatch(this.#stage.wake)
  }

  #fail(error: unknown, item: unknown): void {
    if (this.#failure || this.#released || this.#stage.outcome) return
    this.#failure = { error }
    this.#stage.fail(error, item)
  }
}
