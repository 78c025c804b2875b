import type { StoredMsg } from '@nats-io/jetstream'
import type { DeadItem, DeadItems } from '@sluice/core/durable'
import { readHeaders, writeHeaders } from './item-headers'
import type { Link } from './link'
import type { Opened } from './opened'
import type { StoreNames } from './stores'
import { firstFrom } from './stored'
import { ATTEMPTS, REASON } from './verdicts'

const FULL = 10_077

/** The dead letters of a queue: a stream, in which the sequence of a message is the id of the letter. */
export class NatsDeadItems implements DeadItems {
  readonly #briefly: <R>(look: (open: Opened) => Promise<R>) => Promise<R>
  readonly #names: StoreNames

  /** @param briefly opens the queue for one look. */
  constructor(names: StoreNames, briefly: <R>(look: (open: Opened) => Promise<R>) => Promise<R>) {
    this.#names = names
    this.#briefly = briefly
  }

  list(most = 100, after = '0'): Promise<readonly DeadItem[]> {
    return this.#briefly(async ({ link }) => {
      const items: DeadItem[] = []
      for (let seq = Number(after) + 1; items.length < most; ) {
        const message = await this.#from(link, seq)
        if (message === undefined) break
        items.push(itemOf(message))
        seq = message.seq + 1
      }
      return items
    })
  }

  /** As many as there is room for: the server refuses what is above its bound. */
  redrive(ids?: readonly string[]): Promise<number> {
    return this.#briefly((open) => open.keepSeal(() => this.#each(open.link, ids, async (message) => {
      const item = itemOf(message)
      const { link } = open
      const written = open.headers()
      writeHeaders(written, item.headers)
      try {
        // A second time, after a crash in between, it is absorbed.
        const msgID = `${this.#names.dead}/${message.seq}/${message.timestamp}`
        await link.patiently(() => link.stream.publish(this.#names.itemSubject, item.body, { msgID, headers: written }))
      } catch (error) {
        if ((error as { readonly code?: unknown }).code === FULL) return false
        throw error
      }
      return this.#delete(link, message.seq)
    })))
  }

  purge(ids?: readonly string[]): Promise<number> {
    return this.#briefly(async ({ link }) => {
      if (ids === undefined) return (await link.patiently(() => link.manager.streams.purge(this.#names.dead))).purged
      return this.#each(link, ids, ({ seq }) => this.#delete(link, seq))
    })
  }

  /** How many of them `work` has answered true for; ends with the first false. */
  async #each(link: Link, ids: readonly string[] | undefined, work: (message: StoredMsg) => Promise<boolean>): Promise<number> {
    let count = 0
    const wanted = ids?.map(Number)
    // Those that die meanwhile are left.
    const last = (await link.patiently(() => link.manager.streams.info(this.#names.dead))).state.last_seq
    for (let at = 0, seq = 1; wanted === undefined ? seq <= last : at < wanted.length; at++) {
      const asked = wanted?.[at] ?? seq
      const message = await this.#from(link, asked)
      if (message === undefined || message.seq > last) {
        if (wanted === undefined) break
        continue
      }
      seq = message.seq + 1
      if (wanted !== undefined && message.seq !== asked) continue
      if (!(await work(message))) break
      count++
    }
    return count
  }

  /** The first one from there on. */
  async #from(link: Link, seq: number): Promise<StoredMsg | undefined> {
    if (!Number.isSafeInteger(seq) || seq < 1) return undefined
    return link.patiently(() => firstFrom(link.manager, this.#names.dead, this.#names.deadSubject, seq))
  }

  #delete(link: Link, seq: number): Promise<boolean> {
    return link.patiently(() => link.manager.streams.deleteMessage(this.#names.dead, seq, false))
  }
}

function itemOf(message: StoredMsg): DeadItem {
  const reason = message.header.get(REASON)
  return {
    id: String(message.seq), body: message.data, attempts: Number(message.header.get(ATTEMPTS)),
    reason: reason === '' ? '' : (JSON.parse(decodeURIComponent(reason)) as string), at: message.time.getTime(), headers: readHeaders(message.header),
  }
}
