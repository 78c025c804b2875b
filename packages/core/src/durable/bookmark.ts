import { DONE, PENDING } from '../contract/answers'
import type { Outlet } from '../contract/outlet'
import type { Puller } from '../contract/puller'
import type { Source } from '../contract/source'
import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { afterTickets, issueTicket } from '../engine/tickets'
import { tell } from '../kit/described'
import { source } from '../kit/source'
import { from, type Pullable } from '../source/from'
import { declare } from '../options/declare'
import { fn, fnAtOnce, whole } from '../options/rules'
import { jsonCodec } from './codec'
import { storeRule } from './remember'
import type { StateStore } from './state-store'
import { CumulativeAck } from './watermark'

/** Options of {@link bookmark}. */
export interface BookmarkOptions<T, P> {
  /** Of the bookmark in the store: stays the same from program to program. */
  readonly name: string
  /** Where to go on once this value is dealt with: anything JSON has. */
  readonly of: (value: T) => P
  readonly store: StateStore
  /** Values that are read and not dealt with, at most. Default 10,000. */
  readonly hold?: number | undefined
}

const BOOKMARK = /* @__PURE__ */ declare('bookmark', () => ({ args: { open: fn }, options: { of: fnAtOnce, store: storeRule(), hold: whole().or(10_000) } }))
/** The length of a period, in ms. Positions change thousands of times a second, and the last position of each period is written. */
const WRITE_MS = 100

/**
 * ```text
 *   store ─ read ─▶ open(position) ─▶ values, each with a ticket ─▶ pipeline
 *     ▲                                                               │ dealt with, in whatever order
 *     └── the position up to which all are ◀─ CumulativeAck ◀─────────┘
 * ```
 *
 * Invariants: at most one write is under way; what is written only goes forward.
 */
class Bookmarked<T, P> implements Puller<T> {
  readonly tickets: Tickets = []
  readonly #stage: Stage
  readonly #key: string
  readonly #given: BookmarkOptions<T, P>
  readonly #hold: number
  readonly #open: (from: P | undefined) => Pullable<T>
  readonly #codec = jsonCodec<P>()
  readonly #acks: CumulativeAck<P>
  #inner: Outlet<T> | undefined
  /** What was found in the store. */
  #found: { readonly position: P | undefined } | undefined
  #isOpening = false
  #held = 0
  #isResting = false
  #due: { readonly position: P } | undefined
  #writing: Promise<void> | undefined

  constructor(stage: Stage, key: string, open: (from: P | undefined) => Pullable<T>, given: BookmarkOptions<T, P>, hold: number) {
    this.#stage = stage
    this.#key = key
    this.#open = open
    this.#given = given
    this.#hold = hold
    this.#acks = new CumulativeAck<P>({ ack: (position) => { this.#reached(position) }, nack: undefined, failed: (error) => { stage.fail(error) } }, () => '')
    afterTickets(stage, () => this.#finish())
    stage.show(() => ({ held: this.#held }))
  }

  pull(into: T[], limit: number): number {
    if (this.#stage.failing) return DONE
    if (this.#found === undefined) {
      if (!this.#isOpening) this.#begin()
      return PENDING
    }
    const inner = (this.#inner ??= this.#stage.open(from(this.#open(this.#found.position)), this.#stage.wake, 'source'))
    const room = Math.min(limit, this.#hold - this.#held)
    if (room < 1) {
      this.#isResting = true
      return PENDING
    }
    const count = inner.pull(into, room)
    for (let i = 0; i < count; i++) this.tickets[i] = this.#ticket(into[i] as T, inner.tickets?.[i])
    return count
  }

  #begin(): void {
    this.#isOpening = true
    this.#given.store.read(this.#key).then((found) => {
      this.#found = { position: found && this.#codec.decode(found.value) }
      this.#stage.wake()
    }).catch((error: unknown) => { this.#stage.fail(error) })
  }

  #ticket(value: T, own: Ticket | undefined): Ticket {
    const settled = this.#acks.open(this.#given.of(value))
    this.#held++
    return issueTicket(this.#stage, (status, error, fate) => {
      this.#held--
      if (own) {
        if (fate === 'failed' || fate === 'abandoned') own.nack(error, fate)
        else own.ack(fate)
      }
      settled(status, error)
      if (!this.#isResting) return
      this.#isResting = false
      this.#stage.wake()
    }, own?.origin)
  }

  #reached(position: P): void {
    this.#due = { position }
    this.#writing ??= this.#write(WRITE_MS)
  }

  async #write(waitMs: number): Promise<void> {
    if (waitMs > 0) await new Promise<void>((resolve) => { this.#stage.scope.clock.after(waitMs, resolve) })
    const due = this.#due
    this.#due = undefined
    try {
      if (due) await this.#given.store.write([{ key: this.#key, value: this.#codec.encode(due.position) }])
    } catch (error) {
      this.#stage.fail(error)
    }
    this.#writing = undefined
  }

  async #finish(): Promise<void> {
    await this.#acks.idle()
    await this.#writing
    if (this.#due) await this.#write(0)
  }
}

/**
 * A source that goes on where the last run came to: after a stop, a crash or a redeploy, and not at its beginning.
 *
 * The position in the store is that up to which *all* values are dealt with, in whatever order that happened; it is written each 100 ms and at the end
 * of the run. So after a crash some values come once more, and none is left out.
 *
 * - **emits** what `open` answers
 * - **holds back**: reads nothing while `hold` values are not dealt with. A batch behind it has to be smaller
 * - **on failure** of a value the position stays before the value
 * - **on abort** what is not dealt with is read again by the next run
 *
 * @param open is given the position, or undefined the first time; answers anything `from` takes that begins behind the position.
 * @param options `name` and `store`, which are needed; `of`: the position of a value; `hold` (default 10,000).
 * @throws OptionError where an option is wrong. The run fails with what the store rejects with.
 *
 * @example
 * ```ts
 * import { forEach } from 'sluice'
 * import { bookmark, type StateStore } from '@sluice/core/durable'
 *
 * interface Row { id: number }
 * const copy = (store: StateStore, rowsAfter: (id: number) => AsyncIterable<Row>, save: (row: Row) => Promise<void>) =>
 *   bookmark((id: number | undefined) => rowsAfter(id ?? 0), { name: 'orders', of: (row: Row) => row.id, store })
 *     .to(forEach(save, { concurrency: 8 }))
 * ```
 */
export function bookmark<T, P>(open: (from: P | undefined) => Pullable<T>, options: BookmarkOptions<T, P>): Source<T> {
  const given = BOOKMARK.read(options, { open })
  const key = `bookmark/${options.name}`
  return tell(source<T>(given.name, (stage) => new Bookmarked<T, P>(stage, key, open, options, given.hold)), BOOKMARK, given)
}
