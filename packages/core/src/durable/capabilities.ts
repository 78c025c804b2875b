/** What a durable queue can do, as it is configured now. A pipeline that needs more is refused before it reads a value. */
export interface Capabilities {
  /** The worst after which a confirmed put is still there: the death of the process, of the host, or the loss of a node. */
  readonly survives: 'process' | 'host' | 'node-loss'
  /** Whether the capacity is kept: exactly, to within `slack`, or not at all. */
  readonly bound: 'exact' | 'soft' | 'none'
  /** By how many items a soft bound may be passed; 0 otherwise. */
  readonly slack: number
  /** In what order items come out. `until-redelivery`: one that comes again has lost its place. */
  readonly order: 'strict' | 'until-redelivery' | 'per-key' | 'none'
  /** Whether each item is acknowledged by itself, or all up to one. */
  readonly acks: 'each' | 'cumulative'
  /** False: an acknowledgement may be lost in a crash, after which many items come again. */
  readonly acksConfirmed: boolean
  /** What a lease is bound to: its time, the connection, or the membership in a group. */
  readonly lease: 'delivery' | 'connection' | 'member'
  /** A lease can be renewed. */
  readonly extend: boolean
  /** What the attempts of an item count: failures and unexplained ends, each delivery, or nothing. */
  readonly attempts: 'failures' | 'deliveries' | 'none'
  /** Whether an item can be given back for later: by the queue itself, by something beside it, by keeping a place of the consumer, or not. */
  readonly delay: 'native' | 'emulated' | 'holds-slot' | 'none'
  /** Urgent items can overtake others. */
  readonly priority: boolean
  /** A holder whose lease is over is refused when it settles. */
  readonly fencing: boolean
  /** For how long a second put with the same key is absorbed, in ms; 0: not at all. */
  readonly dedupMs: number
  /** Whether a dead letter is written with the removal of its item, before it, or not at all. */
  readonly dead: 'atomic' | 'confirmed-copy' | 'none'
  /** The largest body, in bytes. */
  readonly maxBytes: number
  /** The database that it stands in: a sink on the same one may settle in its transaction. */
  readonly database?: object | undefined
}

/** For each word that has an order: from the weakest to the strongest. */
const STRENGTH: { readonly [K in keyof Capabilities]?: readonly Capabilities[K][] } = {
  survives: ['process', 'host', 'node-loss'],
  bound: ['none', 'soft', 'exact'],
  attempts: ['none', 'deliveries', 'failures'],
  delay: ['none', 'holds-slot', 'emulated', 'native'],
  dead: ['none', 'confirmed-copy', 'atomic'],
}

/**
 * What of the needs is not met; undefined where all is.
 *
 * @param has what is known of the queue. What is not known yet is not missed.
 */
export function unmet(needs: Partial<Capabilities>, has: Partial<Capabilities>): { readonly what: keyof Capabilities; readonly needs: unknown; readonly has: unknown } | undefined {
  for (const what of Object.keys(needs) as (keyof Capabilities)[]) {
    const needed = needs[what]
    const found = has[what]
    if (needed === undefined || found === undefined || isMet(what, needed, found)) continue
    return { what, needs: needed, has: found }
  }
  return undefined
}

function isMet(what: keyof Capabilities, needed: unknown, found: unknown): boolean {
  const order = STRENGTH[what] as readonly unknown[] | undefined
  if (order !== undefined) return order.indexOf(found) >= order.indexOf(needed)
  if (typeof needed === 'boolean') return found === true || !needed
  // The two in between have nothing to do with each other: one loses its place with a failure, the other one keeps it among its own.
  if (what === 'order') return found === needed || found === 'strict' || needed === 'none'
  // Of slack less is better, of everything else more.
  if (typeof needed === 'number') return what === 'slack' ? (found as number) <= needed : (found as number) >= needed
  return Object.is(needed, found)
}
