import type { Source } from '../contract/source'
import type { Outcome } from '../contract/outcome'
import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { PromiseReads } from '../engine/promise-reads'
import { afterTickets, issueTicket } from '../engine/tickets'
import { iteratorResult } from '../foreign/iterator-result'
import { tell } from '../kit/described'
import { source } from '../kit/source'
import { declare } from '../options/declare'
import { fn, fnAtOnce, maybeFn, rule, whole, words } from '../options/rules'
import { EachAck, type Acks } from './acks'
import { checkTicketsAreKept } from './early-ends'
import { CumulativeAck } from './watermark'

/** Options of {@link acked}. */
export interface AckedOptions<M> {
  /** Told when a message is dealt with; a promise is waited for at the end of the run. */
  readonly ack: (message: M) => unknown
  /** Told when a message is not dealt with. Default: nothing is told, and the broker gives it out again in its own time. */
  readonly nack?: ((message: M, error: unknown) => unknown) | undefined
  /**
   * `'each'`: each message is acknowledged when it is dealt with, in whatever order. `'cumulative'`: only the last message up to which all are dealt with,
   * as offsets are committed.
   */
  readonly order: 'each' | 'cumulative'
  /** With `'cumulative'`: which messages have an order of their own. Default: all of them have one. */
  readonly partition?: ((message: M) => string) | undefined
  /** Messages that are read and not dealt with, at most. Default 1,000. */
  readonly hold?: number | undefined
  /** Shown in failures, stats and the graph. Default `'acked'`. */
  readonly name?: string | undefined
}

const ACKED = /* @__PURE__ */ declare('acked', () => ({
  args: { messages: rule<AsyncIterable<unknown>>('an async iterable', (value) => typeof (value as Partial<AsyncIterable<unknown>> | null)?.[Symbol.asyncIterator] === 'function') },
  options: { ack: fn, nack: maybeFn, order: words('each', 'cumulative'), partition: { ...fnAtOnce, optional: true }, hold: whole().or(1000) },
}))

/** One message after the other, each with a ticket. */
class AckedReads<M> extends PromiseReads<IteratorResult<M>, M> {
  readonly tickets: Tickets = []
  readonly #iterator: AsyncIterator<M>
  readonly #acks: Acks<M>
  readonly #read: Ticket[] = []
  #next = 0
  readonly #hold: number
  #held = 0
  #onRoom: (() => void) | undefined

  constructor(messages: AsyncIterable<M>, stage: Stage, acks: Acks<M>, hold: number) {
    super(stage)
    this.#iterator = messages[Symbol.asyncIterator]()
    this.#acks = acks
    this.#hold = hold
    checkTicketsAreKept('acked', stage)
    afterTickets(stage, () => acks.idle())
    stage.show(() => ({ held: this.#held }))
  }

  override pull(into: M[], limit: number): number {
    const count = super.pull(into, limit)
    for (let i = 0; i < count; i++) this.tickets[i] = this.#read[this.#next++]
    if (this.#next === this.#read.length) this.#next = this.#read.length = 0
    return count
  }

  protected read(): Promise<IteratorResult<M>> {
    if (this.#held < this.#hold) return this.#iterator.next()
    return new Promise<void>((resolve) => { this.#onRoom = resolve }).then(() => (this.isHalted ? { done: true, value: undefined } : this.#iterator.next()))
  }

  protected accept(result: IteratorResult<M>): void {
    iteratorResult(result)
    if (result.done === true) {
      this.end()
      return
    }
    const { value } = result
    const settled = this.#acks.open(value)
    this.#held++
    this.hold(value)
    this.#read.push(issueTicket(this.stage, (status, error) => {
      this.#held--
      this.#wakeForRoom()
      settled(status, error)
    }))
  }

  override halt(): boolean {
    const isLeft = super.halt()
    this.#wakeForRoom()
    return isLeft
  }

  override close(_outcome: Outcome): unknown {
    const hasEnded = this.isOver && !this.isHalted
    const { isPending } = this
    this.letGo()
    this.#wakeForRoom()
    if (hasEnded) return undefined
    const returned = this.#iterator.return?.()
    if (!isPending || returned === undefined) return returned
    this.stage.linger(returned)
    return undefined
  }

  #wakeForRoom(): void {
    const onRoom = this.#onRoom
    this.#onRoom = undefined
    onRoom?.()
  }
}

/**
 * A source of messages that are acknowledged: by whatever client they come from, such as those of SQS, Pub/Sub or Kafka.
 *
 * - **emits** each message; it is acknowledged when everything that was made of it is dealt with, and not before
 * - **holds back**: reads nothing while `hold` messages are not dealt with
 * - **on failure** of a message `nack` is told; with `'cumulative'` nothing behind the message is acknowledged any more in this run
 * - **completes** with the iterable; **on stop** reads no further message
 * - **on abort** what is not dealt with is told to `nack`; the end of the run waits for the acknowledgements
 *
 * @param messages read one at a time.
 * @param options see {@link AckedOptions}.
 * @throws OptionError where an option is wrong. The run fails with what `ack` and `nack` throw or reject with.
 *
 * @example
 * ```ts
 * import { forEach } from 'sluice'
 * import { acked } from '@sluice/core/durable'
 *
 * interface Message { body: string; delete(): Promise<void> }
 * const work = (messages: AsyncIterable<Message>) => acked(messages, { ack: (message) => message.delete(), order: 'each' })
 *   .to(forEach(async ({ body }) => { console.log(body) }, { concurrency: 10 }))
 * ```
 */
export function acked<M>(messages: AsyncIterable<M>, options: AckedOptions<M>): Source<M> {
  const given = ACKED.read(options, { messages })
  const { ack, nack, order, partition, hold } = options
  const make = (stage: Stage): Acks<M> => {
    const failed = (error: unknown): void => { stage.fail(error) }
    return order === 'each' ? new EachAck<M>({ ack, nack, failed }) : new CumulativeAck<M>({ ack, nack, failed }, partition ?? (() => ''))
  }
  return tell(source<M>(given.name, (stage) => new AckedReads<M>(messages, stage, make(stage), hold ?? 1000)), ACKED, given)
}
