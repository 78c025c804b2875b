import { setTimeout as sleep } from 'node:timers/promises'
import type { Msg } from '@nats-io/transport-node'
import type { Lease } from '@sluice/core/durable'
import { readHeaders } from './item-headers'
import type { Link } from './link'
import { pull, type Pulled } from './pull'

/** The longest that one request waits, in ms: a server that has gone silent is asked again. */
const LONGEST_WAIT_MS = 5000
const PAUSE_MS = 50

/** Takes items out of the consumer of a queue. */
export class Taking {
  readonly #link: Link
  readonly #subject: string
  readonly #inbox: () => string
  readonly #leaseMs: number
  readonly #verify: () => Promise<void>

  /** @param verify rejects where the consumer is gone. */
  constructor(link: Link, subject: string, inbox: () => string, leaseMs: number, verify: () => Promise<void>) {
    this.#link = link
    this.#subject = subject
    this.#inbox = inbox
    this.#leaseMs = leaseMs
    this.#verify = verify
  }

  /** First what is there; then, where nothing is, the first one that comes, and what is there with it. */
  async take(max: number, waitMs: number, signal: AbortSignal): Promise<Lease[]> {
    const end = performance.now() + waitMs
    const leftMs = (): number => Math.max(0, end - performance.now())
    const isOver = (): boolean => leftMs() === 0 || signal.aborted
    for (;;) {
      if (!(await this.#link.whenUp(leftMs(), signal))) return []
      const there = await this.#pull(max, 0)
      if (there.messages.length > 0) return this.#leases(there)
      if (there.isOdd) await this.#pause(leftMs())
      if (isOver()) return []
      // A lease may begin when the wait begins, so a wait takes no more than a third of it.
      const first = await this.#pull(1, Math.min(leftMs(), LONGEST_WAIT_MS, this.#leaseMs / 3), signal)
      if (first.messages.length > 0) {
        const rest = max > first.messages.length && !signal.aborted ? await this.#pull(max - first.messages.length, 0) : undefined
        return [...this.#leases(first), ...(rest === undefined ? [] : this.#leases(rest))]
      }
      if (first.isOdd) await this.#pause(leftMs())
      if (isOver()) return []
    }
  }

  #pull(batch: number, waitMs: number, signal?: AbortSignal): Promise<Pulled> {
    return pull(this.#link, { inbox: this.#inbox(), subject: this.#subject, batch, waitMs }, signal)
  }

  async #pause(leftMs: number): Promise<void> {
    if (this.#link.isUp) await this.#verify()
    await sleep(Math.min(PAUSE_MS, leftMs))
  }

  #leases({ messages, sentAt }: Pulled): Lease[] {
    const sinceMs = performance.now() - sentAt
    return messages.map((message) => this.#lease(message, sinceMs))
  }

  #lease({ reply = '', data, headers }: Msg, sinceMs: number): Lease {
    const { id, attempts } = deliveryOf(reply)
    return { id, token: reply, body: data, leaseMs: this.#leaseMs, sinceMs, attempts, headers: readHeaders(headers) }
  }
}

/** What the address at which an item is settled says: `$JS.ACK.STREAM.CONSUMER.DELIVERIES.SEQUENCE.…`, with domain and account before the stream where there are any. */
export function deliveryOf(token: string): { readonly id: string; readonly attempts: number; readonly time: string } {
  const words = token.split('.')
  const from = words.length === 9 ? 4 : 6
  return { attempts: Number(words[from]), id: words[from + 1] ?? '', time: words[from + 3] ?? '' }
}
