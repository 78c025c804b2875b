import type { MsgHdrs } from '@nats-io/transport-node'
import type { PutItem, PutResult } from '@sluice/core/durable'
import { isPassing, type Link } from './link'
import { writeHeaders } from './item-headers'

/** Items that are on their way at once, at most, and their bytes. */
const MOST_ITEMS = 256
const MOST_BYTES = 4 * 1024 * 1024
const TIMEOUT_MS = 5000

const WRONG_LAST = 10_070
/** No room by number, in memory, in store, for the account. */
const FULL: ReadonlySet<unknown> = new Set([10_077, 10_028, 10_047, 10_023, 10_002])
const TOO_LARGE = 10_054

/** What the server has said to one item. `behind`: the item before it was not stored just before. `unsent`: nobody was there to take it. */
type Answer = PutResult | { readonly is: 'behind' | 'unsent' }

/**
 * Puts items in their order, many on their way at once.
 *
 * ```text
 *   round    a ─▶   b, if the last one is a ─▶   c, if the last one is b ─▶ …          all sent together
 *   answers  stored         stored                     refused: full, or another producer came between
 * ```
 *
 * The server stores an item only where the one before it was stored just before, so nothing is stored behind what was refused. A producer that is alone
 * sends long rounds; where another one comes between, rounds get as long as they get.
 *
 * Invariant: one call at a time, or its items would come between those of another one.
 */
export class Putting {
  readonly #link: Link
  readonly #subject: string
  readonly #maxBytes: number
  readonly #headers: () => MsgHdrs
  readonly #verify: () => Promise<void>
  #most = MOST_ITEMS
  #turn: Promise<unknown> = Promise.resolve()

  /** @param verify rejects where the stream is gone: otherwise nobody being there is a matter of time. */
  constructor(link: Link, subject: string, maxBytes: number, headers: () => MsgHdrs, verify: () => Promise<void>) {
    this.#link = link
    this.#subject = subject
    this.#maxBytes = maxBytes
    this.#headers = headers
    this.#verify = verify
  }

  put(items: readonly PutItem[]): Promise<PutResult[]> {
    const putting = this.#turn.then(() => this.#put(items))
    this.#turn = putting.catch(() => {})
    return putting
  }

  async #put(items: readonly PutItem[]): Promise<PutResult[]> {
    const results: PutResult[] = []
    while (results.length < items.length) {
      // Nothing was sent, so all of it can be put again.
      if (!this.#link.isUp) return filled(results, items.length)
      const answers = await this.#round(items, results.length)
      const before = results.length
      let isUnknown = false
      for (const answer of answers) {
        if (answer.is === 'stored' || answer.is === 'duplicate' || answer.is === 'too-large') results.push(answer)
        // Behind what is not known, only what was stored for sure is known.
        else if (isUnknown) results.push({ is: 'full' })
        else if (answer.is === 'behind') break
        else if (answer.is === 'unknown') {
          isUnknown = true
          results.push(answer)
        } else {
          if (answer.is === 'unsent') await this.#verify()
          return filled(results, items.length)
        }
      }
      if (isUnknown) return filled(results, items.length)
      const passed = results.length - before
      if (passed === answers.length) this.#most = Math.min(MOST_ITEMS, 2 * this.#most)
      // Behind an item that was there already the round ends as well, and nobody came between.
      else if (results.at(-1)?.is === 'stored') this.#most = Math.max(1, passed)
    }
    return results
  }

  async #round(items: readonly PutItem[], from: number): Promise<Answer[]> {
    const answers: Promise<Answer>[] = []
    let before: string | undefined
    for (let at = from, bytes = 0; at < items.length && answers.length < this.#most && bytes < MOST_BYTES; at++) {
      const item = items[at] as PutItem
      bytes += item.body.length
      if (item.body.length > this.#maxBytes) {
        answers.push(Promise.resolve({ is: 'too-large' }))
        continue
      }
      // One without a key gets one, so that the next one can name it.
      const key = item.dedupKey ?? `-${crypto.randomUUID()}`
      answers.push(this.#send(item, key, before))
      before = key
    }
    return Promise.all(answers)
  }

  async #send(item: PutItem, msgID: string, before: string | undefined): Promise<Answer> {
    const headers = this.#headers()
    try {
      writeHeaders(headers, item.headers)
      const sent = this.#link.stream.publish(this.#subject, item.body, { msgID: asKey(msgID), headers, timeout: TIMEOUT_MS, ...(before === undefined ? {} : { expect: { lastMsgID: asKey(before) } }) })
      const { duplicate, seq } = await this.#link.unlessLost(sent)
      return { is: duplicate ? 'duplicate' : 'stored', id: String(seq) }
    } catch (error) {
      const { name, code, message } = error as { readonly name?: unknown; readonly code?: unknown; readonly message: string }
      if (code === WRONG_LAST) return { is: 'behind' }
      if (FULL.has(code)) return { is: 'full' }
      if (code === TOO_LARGE || /max_payload/.test(message)) return { is: 'too-large' }
      if (name === 'JetStreamNotEnabled') return { is: 'unsent' }
      if (isPassing(error)) return { is: 'unknown', error }
      throw error
    }
  }
}

/** What is left was not put, and can be put again. */
function filled(results: PutResult[], length: number): PutResult[] {
  while (results.length < length) results.push({ is: 'full' })
  return results
}

/** A header has one line of ASCII; JSON has a text for half a letter, too. */
function asKey(key: string): string {
  return /^[!-$&-~]+$/.test(key) ? key : encodeURIComponent(JSON.stringify(key))
}
