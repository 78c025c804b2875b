import type { Stage } from '../contract/stage'
import type { Ticket, Tickets } from '../contract/ticket'
import { coded } from '../foreign/coded'
import { messageOf } from '../foreign/print-value'
import type { Capabilities } from './capabilities'
import type { PutItem } from './durable-queue'
import { AmbiguousPutError, PutError } from './errors'
import type { Joined } from './options'
import { putKeys, type PutKeys } from './put-keys'

/** How long a put waits where the queue is full, in ms: from the first time on, doubled each time up to the last. */
const FIRST_WAIT_MS = 5
const LAST_WAIT_MS = 250

/** What became of one value. */
export type Put = { readonly is: 'stored' | 'duplicate' } | { readonly is: 'refused'; readonly error: unknown } | { readonly is: 'given up' }

/**
 * Puts values into a durable queue, in their order: waits where it is full, and puts again what may not have arrived.
 *
 * ```text
 *   values ─ encode ─▶ [ items ] ─ queue.put ─┬─ stored, duplicate ──▶ Put
 *                          ▲                  ├─ too large ──────────▶ refused
 *                          └──── wait ◀───────┴─ full; unknown, with a key
 * ```
 */
export class Puts<T> {
  readonly #joined: Joined<T>
  readonly #stage: Stage
  #keys: PutKeys<T> | undefined

  constructor(joined: Joined<T>, stage: Stage) {
    this.#joined = joined
    this.#stage = stage
  }

  /** Resolves when it is known what became of each value. Rejects where the queue cannot be used. */
  async put(values: readonly T[], tickets: Tickets | null | undefined, capabilities: Capabilities, signal: AbortSignal): Promise<Put[]> {
    this.#keys ??= putKeys(this.#joined, capabilities)
    const results: Put[] = new Array<Put>(values.length)
    let open: number[] = []
    const items = new Map<number, PutItem>()
    for (const [i, value] of values.entries()) {
      const item = await this.#item(value, tickets?.[i], capabilities)
      if (item instanceof PutError) results[i] = { is: 'refused', error: item }
      else {
        items.set(i, item)
        open.push(i)
      }
    }
    for (let waitMs = FIRST_WAIT_MS; open.length > 0; waitMs = Math.min(LAST_WAIT_MS, 2 * waitMs)) {
      const before = open.length
      open = await this.#putOnce(open, items, results)
      if (open.length === 0) break
      // Some were taken: there is room now and then, and the wait begins small again.
      if (open.length < before) waitMs = FIRST_WAIT_MS
      if (!signal.aborted) await this.#wait(waitMs, signal)
      if (!signal.aborted) continue
      for (const i of open) results[i] = { is: 'given up' }
      break
    }
    return results
  }

  /** Answers those that are to be put again. */
  async #putOnce(open: readonly number[], items: ReadonlyMap<number, PutItem>, results: Put[]): Promise<number[]> {
    const answers = await this.#joined.queue.put(open.map((i) => items.get(i) as PutItem))
    return open.filter((i, at) => {
      const answer = answers[at] ?? { is: 'unknown', error: coded('SLUICE_ANSWER', new Error('the queue has answered for fewer items than it was given')) }
      if (answer.is === 'full') return true
      if (answer.is === 'unknown') {
        if (items.get(i)?.dedupKey !== undefined) return true
        results[i] = { is: 'refused', error: new AmbiguousPutError(`${this.#stage.name}: it is not known whether the value is in the queue '${this.#joined.queue.name}', and without dedup it cannot be put again`, { cause: answer.error }) }
      } else if (answer.is === 'too-large') {
        const bytes = items.get(i)?.body.length ?? 0
        results[i] = { is: 'refused', error: new PutError(`${this.#stage.name}: the value is too large for the queue '${this.#joined.queue.name}': ${bytes} bytes. Put a reference to it instead`) }
      } else results[i] = { is: answer.is }
      return false
    })
  }

  async #item(value: T, ticket: Ticket | undefined, { maxBytes }: Capabilities): Promise<PutItem | PutError> {
    const { envelope, key, priority, queue } = this.#joined
    let item: PutItem
    try {
      const body = envelope.seal(value)
      const dedupKey = await this.#keys?.of(value, ticket)
      item = { body, ...(dedupKey === undefined ? {} : { dedupKey }), ...(key && { orderKey: key(value) }), ...(priority && { priority: priority(value) }) }
    } catch (error) {
      if (error instanceof PutError) return error
      return new PutError(`${this.#stage.name}: the value cannot be put into the queue '${queue.name}': ${messageOf(error)}`, { cause: error })
    }
    const { length } = item.body
    return length <= maxBytes ? item : new PutError(`${this.#stage.name}: the value has ${length} bytes, and the queue '${queue.name}' takes ${maxBytes} at most. Put a reference to it instead`)
  }

  /** With chance in it, so that many producers do not come back at once. */
  #wait(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        signal.removeEventListener('abort', done)
        cancel()
        resolve()
      }
      const cancel = this.#stage.after(ms * (0.5 + this.#stage.scope.random() / 2), done, 'gate')
      signal.addEventListener('abort', done)
    })
  }
}
