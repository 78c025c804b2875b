import { setTimeout as sleep } from 'node:timers/promises'
import type { MsgHdrs } from '@nats-io/transport-node'
import type { Lease, LeaseVerdict, Settlement } from '@sluice/core/durable'
import { isPassing, type Link } from './link'
import { writeHeaders } from './item-headers'
import { deliveryOf } from './taking'

const NS_PER_MS = 1_000_000
const TIMEOUT_MS = 2000
const PAUSE_MS = 50

/** How a dead letter says why it is one. */
export const REASON = 'Sluice-Reason'
export const ATTEMPTS = 'Sluice-Attempts'

/** What the server is sent for a verdict. Not the reason of a term: servers before 2.10.4 take no notice of one that has any. */
function wordOf(verdict: LeaseVerdict): string {
  switch (verdict.do) {
    case 'ack': return '+ACK'
    case 'extend': return '+WPI'
    case 'return': return '-NAK'
    case 'nack': return verdict.delayMs > 0 ? `-NAK {"delay":${Math.ceil(verdict.delayMs * NS_PER_MS)}}` : '-NAK'
    case 'dead': return '+TERM'
  }
}

/**
 * Carries out verdicts: a dead letter is copied, and the copy confirmed, before its item is let go.
 *
 * The server takes them one after the other, so its answer to the last one confirms all before it. Where the answer does not come they are sent again,
 * which changes nothing in what was done, for as long as the leases last.
 */
export class Verdicts {
  readonly #link: Link
  readonly #deadSubject: string
  readonly #headers: () => MsgHdrs

  constructor(link: Link, deadSubject: string, headers: () => MsgHdrs) {
    this.#link = link
    this.#deadSubject = deadSubject
    this.#headers = headers
  }

  async settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Promise<Settlement[]> {
    if (leases.length === 0) return []
    const patientUntil = performance.now() + Math.min(...leases.map(({ leaseMs }) => leaseMs))
    const isCopied = await Promise.all(leases.map((lease, i) => {
      const verdict = verdicts[i] as LeaseVerdict
      return verdict.do === 'dead' ? this.#copy(lease, verdict.reason, patientUntil) : Promise.resolve(true)
    }))
    const words = leases.flatMap(({ token }, i) => (isCopied[i] === true ? [{ token, word: wordOf(verdicts[i] as LeaseVerdict) }] : []))
    const settlement = words.length === 0 ? 'unknown' : await this.#tell(words, patientUntil)
    return isCopied.map((isReady) => (isReady ? settlement : 'unknown'))
  }

  async #tell(words: readonly { readonly token: string; readonly word: string }[], patientUntil: number): Promise<Settlement> {
    const { connection } = this.#link
    const last = words.at(-1) as { readonly token: string; readonly word: string }
    for (;;) {
      if (!(await this.#link.whenUp(patientUntil - performance.now()))) return 'unknown'
      const { losses } = this.#link
      try {
        for (const { token, word } of words.slice(0, -1)) connection.publish(token, word)
        await this.#link.unlessLost(connection.request(last.token, last.word, { timeout: TIMEOUT_MS }))
        if (losses === this.#link.losses) return 'ok'
      } catch (error) {
        if (!isPassing(error)) throw error
      }
      if (performance.now() >= patientUntil) return 'unknown'
      await sleep(PAUSE_MS)
    }
  }

  /** Answers whether it is among the dead letters for sure. */
  async #copy(lease: Lease, reason: string, patientUntil: number): Promise<boolean> {
    const headers = this.#headers()
    writeHeaders(headers, lease.headers)
    headers.set(REASON, encodeURIComponent(JSON.stringify(reason)))
    headers.set(ATTEMPTS, String(lease.attempts))
    // One that dies twice, since the answer was lost, is there once.
    const msgID = `${lease.id}/${deliveryOf(lease.token).time}`
    try {
      await this.#link.patiently(() => this.#link.stream.publish(this.#deadSubject, lease.body, { msgID, headers, timeout: TIMEOUT_MS }), patientUntil - performance.now())
      return true
    } catch (error) {
      if (isPassing(error)) return false
      throw error
    }
  }
}
