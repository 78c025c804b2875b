import type { Stage } from '@sluice/core/authoring'

/** Something that is opened for one run, read, and closed. */
export interface Resource<V> {
  /**
   * What comes next; undefined at the end. `limit` is how many values the consumer asks for. Never called again before it
   * has settled, nor after the end or a failure.
   */
  read(limit: number): Promise<V | undefined>
  /** No further read will come: one that is under way begins no further round and cuts its waits short. */
  halt?(): void
  /** Nothing more is wanted: a read that is under way settles soon. May be called more than once. */
  cut?(): void
  /** Called once, when no read is under way any more; awaited by the run. */
  close(): Promise<void> | undefined
}

/**
 * The resource of one run, opened at the first read.
 *
 * ```text
 *   open ─ read ─▶ take, wake ─ read ─▶ … ─ undefined: the end ┐
 *                   └ a rejection: the stage fails ────────────┴▶ over ─ close, after the last read
 * ```
 *
 * Invariants: at most one read is under way; once `over`, nothing is read, taken or told of any more.
 */
export class ResourceReading<V> {
  /** The end was read, a read has failed, or nothing more is wanted. */
  over = false
  /** No further read is begun; one that is under way is still waited for. */
  #isLast = false
  readonly #open: (stage: Stage) => Resource<V>
  readonly #stage: Stage
  readonly #take: (value: V) => void
  #resource: Resource<V> | undefined
  #reading: Promise<void> | undefined

  /** @param take is given what was read, before the stage is woken. */
  constructor(open: (stage: Stage) => Resource<V>, stage: Stage, take: (value: V) => void) {
    this.#open = open
    this.#stage = stage
    this.#take = take
  }

  /** A read is under way. */
  get isReading(): boolean {
    return this.#reading !== undefined
  }

  /** Reads, unless a read is under way. */
  read(limit: number): void {
    if (this.#reading || this.#isLast) return
    this.#resource ??= this.#open(this.#stage)
    this.#reading = this.#resource.read(limit).then(
      (value) => {
        this.#reading = undefined
        if (this.over) return
        if (value === undefined || this.#isLast) this.over = true
        if (value !== undefined) this.#take(value)
        this.#stage.scope.scheduler.dispatch(this.#stage.wake)
      },
      (error: unknown) => {
        this.#reading = undefined
        // Cut short, it may well fail, and nobody wants to know.
        if (this.over) return
        this.over = true
        this.#stage.fail(error)
      },
    )
  }

  /** The run is being stopped: no further read is begun. True while one is under way, which is waited for. */
  halt(): boolean {
    this.#isLast = true
    this.#resource?.halt?.()
    if (!this.isReading) this.over = true
    return this.isReading
  }

  /** Nothing more is wanted. */
  cut(): void {
    this.over = true
    this.#resource?.cut?.()
  }

  close(): Promise<void> | undefined {
    this.cut()
    const resource = this.#resource
    return resource && this.#reading ? this.#reading.then(() => resource.close()) : resource?.close()
  }
}
