import type { Capabilities, DeadItems, DurableQueue, DurableStats, Lease, LeaseVerdict, PutItem, PutResult, Settlement } from '@sluice/core/durable'
import { check, coded, declare, rule, whole, words } from '@sluice/core/authoring'
import { capabilitiesOf, knownOf } from './can'
import { NatsDeadItems } from './dead-items'
import type { NatsServer } from './link'
import { Opened } from './opened'
import { storeNames, type StoreNames, type StoreOptions } from './stores'

/** Options of {@link natsQueue}. What is not given is as the streams have it, where they are there already. */
export interface NatsQueueOptions {
  /** Of the queue: letters, digits, `_` and `-`. Its streams are called `sluice_items_NAME`, `sluice_dead_NAME` and `sluice_facts_NAME`. */
  readonly name: string
  /** Items that are not dealt with, at most: ready, later and leased. Default: as many as the server holds. */
  readonly capacity?: number | undefined
  /** How long an item is leased, in ms. Default 30,000. */
  readonly leaseMs?: number | undefined
  /** How long a second put with the same key is absorbed, in ms; the server keeps all keys of that time in memory. Default 120,000. */
  readonly dedupMs?: number | undefined
  /** Items that are out at once, at most, those included that failed and wait for their next attempt. Default 10,000. */
  readonly maxLeased?: number | undefined
  /** The largest item, in bytes. Default: what the server takes as one message, less 16 KiB for headers. */
  readonly maxBytes?: number | undefined
  /** Servers of a cluster that have each item, 1 to 5. Default 1. */
  readonly replicas?: number | undefined
  /**
   * What a confirmed put survives, as far as the configuration of the server decides, which no client can see: `'host'` for one of 2.10 or newer that has
   * `sync_interval: always`. Three replicas are `'node-loss'` in any case. Default `'process'`: the server writes through to the disk every two minutes.
   */
  readonly survives?: 'process' | 'host' | undefined
}

const NAME = /* @__PURE__ */ rule<string>('a name of at most 64 letters, digits, _ and -', (name) => typeof name === 'string' && /^[\w-]{1,64}$/.test(name))
const SERVER = /* @__PURE__ */ rule<NatsServer>('the address of a NATS server, several of them, options of connect, or an open connection', (server) => (typeof server === 'string' && server !== '')
  || (Array.isArray(server) ? server.length > 0 && server.every((each) => typeof each === 'string' && each !== '') : typeof server === 'object' && server !== null))
const NATS_QUEUE = /* @__PURE__ */ declare('natsQueue', () => ({
  args: { server: SERVER },
  options: {
    capacity: whole().maybe(), leaseMs: whole(10).maybe(), dedupMs: whole(100).maybe(), maxLeased: whole().maybe(), maxBytes: whole().maybe(), replicas: whole(1, 5).maybe(),
    survives: words('process', 'host').or('process'),
  },
}))

/** Options, checked. */
export interface Checked extends StoreOptions {
  readonly name: string
  readonly maxBytes: number | undefined
  readonly survives: 'process' | 'host'
}

class NatsQueue implements DurableQueue {
  readonly name: string
  readonly known: Partial<Capabilities>
  readonly deadItems: DeadItems
  readonly #server: NatsServer
  readonly #options: Checked
  readonly #names: StoreNames
  /** How many have it open; the first connects, the last one closes. */
  #users = 0
  #open: Promise<Opened> | undefined

  constructor(server: NatsServer, options: Checked) {
    this.name = options.name
    this.#server = server
    this.#options = options
    this.#names = storeNames(options.name)
    this.known = knownOf(options)
    this.deadItems = new NatsDeadItems(this.#names, (look) => this.#briefly(look))
  }

  async open(): Promise<Capabilities> {
    this.#users++
    try {
      const { link, state } = await (this.#open ??= Opened.open(this.#server, this.#names, this.#options))
      return capabilitiesOf(this.#options, state, link.connection.info)
    } catch (error) {
      await this.close()
      throw error
    }
  }

  async close(): Promise<void> {
    if (--this.#users > 0 || this.#open === undefined) return
    const open = this.#open
    this.#open = undefined
    // What it failed with was told to whoever opened it.
    const opened = await open.catch(() => undefined)
    await opened?.close()
  }

  async put(items: readonly PutItem[]): Promise<readonly PutResult[]> {
    return (await this.#opened()).put(items)
  }

  async take(max: number, waitMs: number, signal: AbortSignal): Promise<readonly Lease[]> {
    return (await this.#opened()).taking.take(max, waitMs, signal)
  }

  async settle(leases: readonly Lease[], verdicts: readonly LeaseVerdict[]): Promise<readonly Settlement[]> {
    return (await this.#opened()).verdicts.settle(leases, verdicts)
  }

  stats(): Promise<DurableStats> {
    return this.#briefly((open) => open.stats())
  }

  async seal(): Promise<void> {
    await (await this.#opened()).seal()
  }

  #opened(): Promise<Opened> {
    return this.#open ?? Promise.reject(coded('SLUICE_ARGUMENT', new TypeError(`natsQueue '${this.name}': open() it first`)))
  }

  /** Opens the queue for one look, where nobody has it open. */
  async #briefly<R>(look: (open: Opened) => Promise<R>): Promise<R> {
    await this.open()
    try {
      return await look(await this.#opened())
    } finally {
      await this.close()
    }
  }
}

/**
 * A durable queue on NATS JetStream: streams of a server, or of a cluster, which any number of processes share.
 *
 * After a lost connection, connecting is tried until it succeeds, and meanwhile nothing fails: puts wait, takes are empty, and what was held is settled later or
 * comes again. Each time the server comes back, what a kill has confused in it is put right: acknowledged items that are there again, which nobody is given
 * and which take up room.
 *
 * What it does not promise:
 *
 * - **the disk**: by default the server flushes every two minutes, so a confirmed put survives the death of the server, and not that of its host. See `survives`.
 * - **acknowledgements after a kill of the server**: it answers before it writes down how far its consumers are, so what was acknowledged last comes again.
 * - **fencing**: a holder that comes too late is believed; runs leave out what is late by their own clocks.
 * - **order after redelivery**: items come in the order of their puts, until one comes again.
 * - **attempts by failure**: each delivery counts, also one that was given back; a joint allows twice its `maxAttempts` for that.
 * - **delays beside the bound**: an item that waits for its next attempt keeps one of `maxLeased` places, and counts as leased.
 * - **dead letters in one step**: one is copied, and the copy confirmed, before its item is let go. They are put back as far as there is room.
 *
 * @param server the address of a server, several of one cluster, options of `connect` of `@nats-io/transport-node`, or an open connection, which stays open.
 * @param options `name` of the queue, which is needed; `capacity`, `leaseMs` (default 30,000), `dedupMs` (default 120,000), `maxLeased` (default 10,000),
 *   `maxBytes`, `replicas` (default 1), `survives` (default `'process'`).
 * @throws OptionError where an option is wrong. `open` rejects where the server cannot be reached, has no JetStream, or has streams of that name that
 *   another version has made, or that disagree with an option that was given.
 *
 * @example
 * ```ts
 * import { durable, forEach, range } from 'sluice'
 * import { natsQueue } from '@sluice/adapters/nats'
 *
 * const queue = natsQueue('nats://127.0.0.1:4222', { name: 'numbers', capacity: 10_000 })
 * const job = range(1, 1000).pipe(durable(queue, { name: 'numbers' })).to(forEach(async (n) => { console.log(n) }, { concurrency: 8 }))
 * const run = () => job.run()
 * ```
 */
export function natsQueue(server: NatsServer, options: NatsQueueOptions): DurableQueue {
  const given = NATS_QUEUE.read(options, { server })
  const name = check(NAME, 'natsQueue', 'name', (options as Partial<NatsQueueOptions> | undefined)?.name) as string
  const { capacity, leaseMs, dedupMs, maxLeased, maxBytes, replicas, survives } = given
  return new NatsQueue(server, { name, capacity, leaseMs, dedupMs, maxLeased, maxBytes, replicas, survives })
}
