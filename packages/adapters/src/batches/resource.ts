import { DONE, PENDING, PromiseReads, source, type Stage } from '@sluice/core/authoring'
import type { Source } from '@sluice/core'
import { BatchFailure } from './batch-failure'

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

/** How what a read answers becomes values. */
export interface Readings<V, T> {
  /** Calls `hold` with each value of an answer, in order. */
  readonly each: (answer: V, hold: (value: T) => void) => void
  /** True where the resource goes on for ever: a stop then cuts a read short, since nobody knows when it would answer. */
  readonly live?: boolean
}

/** A source of what a resource has: {@link PromiseReads} over something that is opened at the first read, and closed after the last. */
export function resourceSource<V, T>(name: string, open: (stage: Stage) => Resource<V>, readings: Readings<V, T>): Source<T> {
  return source<T>(name, (stage) => new ResourceReads(open, stage, readings))
}

/**
 * ```text
 *   open ─ read ─▶ each, wake ─ read ─▶ … ─ undefined: the end ┐
 *                   └ a rejection: the stage fails ────────────┴▶ close, after the last read
 * ```
 *
 * Invariant: what a read that was cut short answers is neither handed out nor a failure.
 */
class ResourceReads<V, T> extends PromiseReads<V | undefined, T> {
  readonly live: boolean
  readonly #open: (stage: Stage) => Resource<V>
  readonly #each: Readings<V, T>['each']
  readonly #hold = (value: T): void => { this.hold(value) }
  #resource: Resource<V> | undefined
  #reading: Promise<unknown> | undefined
  #isCut = false

  constructor(open: (stage: Stage) => Resource<V>, stage: Stage, { each, live = false }: Readings<V, T>) {
    super(stage)
    this.#open = open
    this.#each = each
    this.live = live
  }

  override pull(into: T[], limit: number): number {
    const count = super.pull(into, limit)
    return count === PENDING && this.#isCut ? DONE : count
  }

  /** The values that were read, and those of a read that is under way, come out before the end that a stop asks for. */
  override halt(): boolean {
    if (this.live) this.#cut()
    else this.#resource?.halt?.()
    return super.halt() && (!this.live || this.size > 0)
  }

  override close(): Promise<void> | undefined {
    const resource = this.#resource
    this.letGo()
    this.#cut()
    if (resource === undefined || !this.isPending) return resource?.close()
    const close = (): Promise<void> | undefined => resource.close()
    return this.#reading?.then(close, close)
  }

  protected read(): Promise<V | undefined> {
    this.#resource ??= this.#open(this.stage)
    const reading = this.#resource.read(this.wanted)
    this.#reading = reading
    return reading
  }

  protected accept(answer: V | undefined): void {
    if (this.#isCut) return
    if (answer === undefined) this.end()
    else this.#each(answer, this.#hold)
  }

  protected override failed(error: unknown): void {
    if (this.#isCut) return
    if (error instanceof BatchFailure) this.stage.fail(error.error, error.item, error.attempt)
    else super.failed(error)
  }

  #cut(): void {
    this.#isCut = true
    this.#resource?.cut?.()
  }
}
