import { type Operator } from '@sluice/core'
import {
  asyncOperator, DONE, Feed, PENDING, type Keeper, type Openable, type Outlet, type Puller, type Stage, type StageState, type Tickets,
} from '@sluice/core/authoring'
import type { Transform } from 'node:stream'

/** What a passage goes through. */
export interface Through {
  /** Called at the first pull of each run. */
  readonly make: () => Transform | Promise<Transform>
  /** Says of an error of the transform where it happened. */
  readonly explain: (error: unknown, transform: Transform) => unknown
  /** Where a stop has cut the input: whether it is whole when `last` was its end. Absent: it is not. */
  readonly isWhole?: (last: unknown) => boolean
}

/**
 * Sends the values through a Transform of Node: a decompressor, a parser.
 *
 * ```text
 *   upstream ◀─pull─ feed ─write▶ Transform (its own high water marks) ◀─read─ consumer
 *                      └── rests while it is full ──┘
 * ```
 */
export function passage<A, B>(name: string, through: Through): Operator<A, B> {
  return asyncOperator<A, B>(name, (upstream, stage) => new Passage<A, B>(upstream, stage, through))
}

/** Invariant: `#writing` counts the writes that are not dealt with. */
class Passage<A, B> implements Puller<B>, Keeper<A> {
  /** None: what comes out is cut differently, so what went in is settled at the end of the run. */
  readonly tickets = null
  readonly #stage: Stage
  /** What goes on in the other world is no wait for a stage of this run. */
  readonly #leave: () => void
  readonly #through: Through
  readonly #feed: Feed<A>
  #upstream: Outlet<A> | undefined
  #transform: Transform | undefined
  #started = false
  #writing = 0
  #full = false
  #ended = false
  #closed = false
  #last: unknown
  /** A stop has cut the input: what came of it comes out, and that something is missing is no failure. */
  #early = false
  readonly #written = (): void => {
    this.#writing--
    if (this.#stage.failing || this.#early) this.#stage.wake()
  }

  constructor(upstream: Openable<A>, stage: Stage, through: Through) {
    this.#stage = stage
    this.#leave = stage.waitFor('external')
    this.#through = through
    this.#feed = new Feed<A>(stage, this, (wake) => (this.#upstream = stage.open(upstream, wake)))
  }

  pull(into: B[], limit: number): number {
    if (!this.#started) this.#start()
    let count = 0
    for (let value: unknown; count < limit; ) {
      value = this.#transform?.read()
      if (value === null || value === undefined) break
      into[count++] = value as B
    }
    if (count > 0) {
      this.#stage.made(count)
      return count
    }
    // The source has failed or was stopped, and what it gave before that has come out.
    return this.#ended || ((this.#stage.failing || this.#early) && this.#writing === 0 && this.#transform?.writableEnded !== true) ? DONE : PENDING
  }

  close(): Promise<void> | undefined {
    this.#leave()
    this.#closed = this.#ended = true
    this.#feed.end()
    const transform = this.#transform
    if (!transform || transform.closed) return undefined
    return new Promise((resolve) => {
      transform.once('close', resolve)
      transform.destroy()
    })
  }

  #start(): void {
    this.#started = true
    const failed = (error: unknown, transform?: Transform): void => {
      this.#ended = true
      this.#feed.end()
      if (this.#early) this.#stage.wake()
      else if (!this.#closed) this.#stage.fail(transform ? this.#through.explain(error, transform) : error)
    }
    const made = (transform: Transform): void => {
      transform.on('error', (error) => { failed(error, transform) })
      if (this.#closed) {
        transform.destroy()
        return
      }
      this.#transform = transform
      transform.on('readable', this.#stage.wake)
      transform.on('drain', () => {
        this.#full = false
        this.#feed.goOn()
      })
      transform.on('end', () => {
        this.#ended = true
        this.#feed.end()
        this.#stage.wake()
      })
      this.#feed.start()
    }
    const making = this.#through.make()
    if (making instanceof Promise) void making.then(made).catch((error: unknown) => { failed(error) })
    else made(making)
  }

  room(): number | StageState {
    return this.#full ? this.#feed.rest() : 1
  }

  take(values: readonly A[], _count: number, tickets: Tickets | null | undefined): boolean {
    const value = (this.#last = values[0])
    if (!tickets?.[0]) this.#stage.settleCount(1, 'absorbed')
    this.#writing++
    this.#full = this.#transform?.write(value, this.#written) === false
    return false
  }

  ended(): void {
    this.#early = this.#upstream?.endedEarly === true
    if (!this.#early || this.#through.isWhole?.(this.#last)) this.#transform?.end()
    this.#stage.wake()
  }
}
