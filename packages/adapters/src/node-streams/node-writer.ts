import { finished, type Writable } from 'node:stream'
import type { Stage, Ticket } from '@sluice/core/authoring'
import { destroyStream, isConsequence, isModern } from './destroy-stream'

/** What a writer tells; each may come from any callback of the stream. */
export interface WriterEvents {
  /** There may be room again. */
  readonly onRoom: () => void
  /** Told once: it will take no more. */
  readonly onFailure: (error: unknown) => void
}

/** How often to look whether a stream that answers nothing has written all. */
const LOOK_MS = 10

/**
 * The writable side of a Node stream, written to as far as it has room.
 *
 * A stream need not be one of today. The old ones know no callbacks of writes, and a `write` that somebody has replaced may
 * lose them, or its answer: so the end does not wait for callbacks once the stream has finished, and only `false` means full.
 *
 * Invariants: `#unanswered` counts the writes whose callback has not come; nothing is written while `write()` answered
 * false and neither `drain` nor the end has come; nothing is written to a stream that was ended; after `detach` nothing is
 * told any more.
 */
export class NodeWriter<T> {
  readonly #stream: Writable
  readonly #stage: Stage
  readonly #events: WriterEvents
  readonly #forget: () => void
  /** Its writes are called back. */
  readonly #answers: boolean
  #full: boolean
  #unanswered = 0
  /** Of the writes that were not answered yet. */
  readonly #tickets = new Set<Ticket>()
  /** The stream has finished, so all writes are settled. */
  #finished = false
  /** A callback has come: whoever waits for the others waits for something that comes. */
  #hasAnswered = false
  #cancelLook: (() => void) | undefined
  /** It has finished, or failed. */
  #over = false
  #failure: { readonly error: unknown } | undefined
  /** Nobody writes any more: what becomes of the writes now is a consequence of that. */
  #detached = false
  #wait: { readonly resolve: () => void; readonly reject: (error: unknown) => void; readonly untilOver: boolean } | undefined

  readonly #onDrain = (): void => {
    this.#full = false
    this.#events.onRoom()
  }

  /** One function for all writes: Node calls back together those that share it. */
  readonly #onWritten = (error?: Error | null): void => { this.#answered(undefined, error) }

  /** @param stage counts what becomes of the values. */
  constructor(stream: Writable, stage: Stage, events: WriterEvents) {
    this.#stream = stream
    this.#stage = stage
    this.#events = events
    this.#answers = isModern(stream)
    this.#full = stream.writableNeedDrain
    stream.on('drain', this.#onDrain)
    // It finds the real cause of a premature close, and waits for `close` where it comes.
    this.#forget = finished(stream, { readable: false }, (error) => {
      if (error) {
        this.#fail(error)
        return
      }
      this.#over = true
      this.#finish()
      // Ended by somebody else there will be no drain: the next write finds out.
      if (this.#full) this.#onDrain()
      this.#settle()
    })
  }

  /** How many values it takes now; 0: `onRoom` will follow. Bytes one piece at a time, since nobody knows how large the next is. */
  get room(): number {
    if (this.#full) return 0
    const { writableObjectMode, writableHighWaterMark, writableLength } = this.#stream
    return writableObjectMode ? Math.max(1, writableHighWaterMark - writableLength) : 1
  }

  /**
   * Writes one value; the ticket is settled when the stream has dealt with it. Throws where it cannot be a value there, and
   * where the stream was ended: such a write is answered later than the end is.
   */
  write(value: T, ticket?: Ticket): void {
    try {
      if (wasEnded(this.#stream)) throw Object.assign(new Error('write after end: the stream was ended before this value was written'), { code: 'ERR_STREAM_WRITE_AFTER_END' })
      if (this.#answers) this.#writeAnswered(value, ticket)
      else this.#writeUnanswered(value, ticket)
    } catch (error) {
      this.#stage.giveUp(ticket, error)
      throw error
    }
  }

  /** Ends the stream; resolves when it has finished, and closed where it closes. */
  end(): Promise<void> {
    this.#stream.end()
    return this.#until(true)
  }

  /** Resolves when all that was written was dealt with. */
  flushed(): Promise<void> {
    const flushed = this.#until(false)
    this.#look(false)
    return flushed
  }

  /** Takes its listeners off; the stream stays as it is. */
  detach(): void {
    this.#detached = true
    this.#cancelLook?.()
    this.#stream.off('drain', this.#onDrain)
    this.#forget()
  }

  /** Ends the stream at once; answers when it is closed. */
  destroy(reason: unknown): Promise<void> | undefined {
    const closed = destroyStream(this.#stream, reason)
    this.detach()
    return closed
  }

  #writeAnswered(value: T, ticket: Ticket | undefined): void {
    // First: a callback may come inside the call.
    this.#unanswered++
    if (ticket) this.#tickets.add(ticket)
    try {
      const written: unknown = this.#stream.write(value, ticket === undefined ? this.#onWritten : (error) => { this.#answered(ticket, error) })
      if (written === false) this.#full = true
    } catch (error) {
      this.#unanswered--
      if (ticket) this.#tickets.delete(ticket)
      throw error
    }
  }

  #writeUnanswered(value: T, ticket: Ticket | undefined): void {
    const written: unknown = this.#stream.write(value)
    if (written === false) this.#full = true
    this.#stage.settle(ticket, 'delivered')
  }

  #answered(ticket: Ticket | undefined, error: Error | null | undefined): void {
    this.#hasAnswered = true
    this.#unanswered--
    if (ticket) this.#tickets.delete(ticket)
    if (!error) {
      if (!this.#finished) this.#stage.settle(ticket, 'delivered')
    } else if (isConsequence(error)) {
      // Why it was destroyed is told by `finished`; the value itself is not at fault.
      ticket?.nack(error)
    } else {
      this.#stage.giveUp(ticket, error)
      this.#fail(error)
    }
    this.#settle()
  }

  /**
   * Where no callback has ever come, a replaced `write` has lost them. Then all was written when the stream holds nothing,
   * which no event tells.
   */
  #look(wasEmpty: boolean): void {
    if (this.#wait === undefined || this.#hasAnswered) return
    const isEmpty = this.#stream.writableLength === 0
    if (isEmpty && wasEmpty) {
      this.#finish()
      this.#unanswered = 0
      this.#settle()
    } else {
      this.#cancelLook = this.#stage.scope.clock.after(LOOK_MS, () => { this.#look(isEmpty) })
    }
  }

  /** All that was written before the end has got there, whether or not the callbacks come. */
  #finish(): void {
    this.#finished = true
    for (let plain = this.#unanswered - this.#tickets.size; plain > 0; plain--) this.#stage.settle(undefined, 'delivered')
    for (const ticket of this.#tickets) ticket.ack()
    this.#tickets.clear()
  }

  #until(untilOver: boolean): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#wait = { resolve, reject, untilOver }
      this.#settle()
    })
  }

  #fail(error: unknown): void {
    if (this.#failure || this.#detached) return
    this.#failure = { error }
    this.#over = true
    this.#events.onFailure(error)
    this.#settle()
  }

  #settle(): void {
    const wait = this.#wait
    if (wait === undefined) return
    if (this.#failure) wait.reject(this.#failure.error)
    else if (this.#over || (!wait.untilOver && this.#unanswered === 0)) wait.resolve()
    else return
    this.#wait = undefined
  }
}

function wasEnded({ writableEnded, writable }: Partial<Writable>): boolean {
  return writableEnded ?? writable === false
}
