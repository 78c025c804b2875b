import type { Link } from './link'
import { firstFrom } from './stored'
import type { StoreNames } from './stores'

/** How often it is looked for them while they may be there, in ms. */
const LOOK_MS = 1000
/** How many are deleted at once. */
const TOGETHER = 64
const TIMEOUT_MS = 5000

/**
 * Puts right what a killed server has confused (nats-server#5542, seen with 2.9.10): its stream and its consumer are written down at different times.
 *
 * ```text
 *   stream     1  2  .  4  5  6  .  8        orphans  1, 2: acknowledged, and there again. Nobody is given them, and they take up room: deleted
 *   consumer         ▲        ▲  7           ghosts   7: out, and gone from the stream. They come to nobody, and hold up the floor: acknowledged
 *                    floor    given out
 * ```
 *
 * Orphans may stand above the floor, too. They are deleted when the floor has passed them, so it is looked again until then.
 *
 * Orphans are deleted one by one. A purge up to the floor would be one call, and the server forgets with it what is out, or jumps over what is not:
 * items that nobody is given any more.
 */
export class Orphans {
  readonly #link: Link
  readonly #names: StoreNames
  /** The server may have been killed: what was given out by then may hold orphans. */
  #isDue = true
  #lookedAt = -Infinity
  #healing: Promise<void> | undefined

  constructor(link: Link, names: StoreNames) {
    this.#link = link
    this.#names = names
  }

  /** The server was away. */
  suspect(): void {
    this.#isDue = true
    this.#lookedAt = -Infinity
  }

  /**
   * Looks, where there may be some, and not too often.
   *
   * @param isSeen there is more in the stream than the consumer knows of.
   */
  async heal(isSeen = false): Promise<void> {
    if (!(isSeen || this.#isDue) || performance.now() - this.#lookedAt < LOOK_MS) return this.#healing
    this.#lookedAt = performance.now()
    this.#healing = this.#heal()
    try {
      await this.#healing
    } finally {
      this.#healing = undefined
    }
  }

  async #heal(): Promise<void> {
    const { manager } = this.#link
    const { items, consumer } = this.#names
    const { ack_floor, delivered, num_pending, num_ack_pending } = await manager.consumers.info(items, consumer)
    const { state } = await manager.streams.info(items, { deleted_details: true })
    const floor = ack_floor.stream_seq
    // A consumer that is ahead of its stream knows nothing of what is in it.
    const deleted = state.messages === 0 || floor > state.last_seq ? 0 : await this.#deleteUpTo(floor, state.first_seq)
    const ghosts: number[] = []
    if (num_ack_pending > 0) {
      for (let seq = floor + 1; seq < state.first_seq && seq <= delivered.stream_seq; seq++) ghosts.push(seq)
      for (const seq of (state as { readonly deleted?: readonly number[] }).deleted ?? []) if (seq > floor && seq <= delivered.stream_seq) ghosts.push(seq)
      await this.#acknowledge(ghosts)
    }
    this.#isDue = state.messages - deleted !== num_pending + num_ack_pending
  }

  /** Items that are not there any more: for those that are not out, nothing changes. */
  async #acknowledge(ghosts: readonly number[]): Promise<void> {
    const { connection } = this.#link
    const { items, consumer } = this.#names
    const last = ghosts.at(-1)
    if (last === undefined) return
    const token = (seq: number): string => `$JS.ACK.${items}.${consumer}.1.${seq}.0.0.0`
    for (const seq of ghosts.slice(0, -1)) connection.publish(token(seq), '+ACK')
    await connection.request(token(last), '+ACK', { timeout: TIMEOUT_MS })
  }

  async #deleteUpTo(floor: number, first: number): Promise<number> {
    const { manager } = this.#link
    const { items, itemSubject } = this.#names
    let count = 0
    for (let seq = first; seq <= floor; ) {
      const deleting: Promise<boolean>[] = []
      while (deleting.length < TOGETHER) {
        const message = await firstFrom(manager, items, itemSubject, seq)
        seq = message === undefined ? Infinity : message.seq + 1
        if (message === undefined || message.seq > floor) break
        // Another process may have been faster, and what fails otherwise is looked at again.
        deleting.push(manager.streams.deleteMessage(items, message.seq, false).catch(() => false))
      }
      count += (await Promise.all(deleting)).filter(Boolean).length
      if (deleting.length < TOGETHER) break
    }
    return count
  }
}
