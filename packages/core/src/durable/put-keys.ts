import type { Ticket } from '../contract/ticket'
import { PutError } from './errors'
import type { Capabilities } from './capabilities'
import type { Joined } from './options'

/** Texts longer than this are hashed: brokers allow keys of some hundred characters. */
const LONGEST = 120

/** The keys by which a queue notices that it has an item already. */
export interface PutKeys<T> {
  /** Undefined where the item has none. */
  of(value: T, ticket: Ticket | undefined): Promise<string> | string | undefined
}

/** What a joint was told, or else a key of its own for each put, so that one whose answer was lost can be put again. */
export function putKeys<T>(joined: Joined<T>, { dedupMs }: Capabilities): PutKeys<T> {
  const { dedup } = joined
  if (dedup === 'derived') return new DerivedKeys(joined)
  if (dedup !== undefined) return { of: (value) => dedup(value) }
  return { of: () => (dedupMs > 0 ? crypto.randomUUID() : undefined) }
}

/**
 * Keys made of where a value came from: the item of the durable queue before, and how many values of that item came before this one.
 *
 * ```text
 *   item 7 of 'rows' ─ flatMap ─┬─ a   joint/1/rows/7/0
 *                               └─ b   joint/1/rows/7/1      the same in each run that is given item 7
 * ```
 */
class DerivedKeys<T> implements PutKeys<T> {
  readonly #joined: Joined<T>
  readonly #children = new WeakMap<Ticket, number>()

  constructor(joined: Joined<T>) {
    this.#joined = joined
  }

  of(_value: T, ticket: Ticket | undefined): Promise<string> | string {
    const { name, version, owner } = this.#joined
    const origin = ticket?.origin
    if (ticket === undefined || origin === undefined) {
      throw new PutError(`${owner} '${name}': dedup 'derived' needs values that come from a durable queue, and this one does not, or an operator in between has made it of several. Give dedup a function that makes a key of the value`)
    }
    const child = this.#children.get(ticket) ?? 0
    this.#children.set(ticket, child + 1)
    const key = `${name}/${version}/${origin}/${child}`
    return key.length <= LONGEST ? key : hashed(key)
  }
}

async function hashed(text: string): Promise<string> {
  const digest = new Uint8Array(await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text)))
  return [...digest].map((byte) => byte.toString(16).padStart(2, '0')).join('')
}
