import type { MsgHdrs } from '@nats-io/transport-node'
import type { DurableStats, PutItem, PutResult } from '@sluice/core/durable'
import { coded } from '@sluice/core/authoring'
import { optionalPackage } from '../optional-package'
import { largestOf } from './can'
import { isPassing, Link, type NatsServer } from './link'
import { Orphans } from './orphans'
import { Putting } from './putting'
import { readSeal, seal } from './seal'
import { isMissing, makeStores, type StoreNames, type StoreOptions, type StoreState } from './stores'
import { Taking } from './taking'
import { Verdicts } from './verdicts'

/** How long a server that has just been started is waited for, in ms. */
const START_MS = 5000

/** A queue while it is open: the connection, and what speaks over it. */
export class Opened {
  readonly link: Link
  readonly names: StoreNames
  readonly state: StoreState
  readonly headers: () => MsgHdrs
  readonly taking: Taking
  readonly verdicts: Verdicts
  readonly #putting: Putting
  readonly #orphans: Orphans

  private constructor(link: Link, orphans: Orphans, names: StoreNames, state: StoreState, maxBytes: number, { headers, createInbox }: { readonly headers: () => MsgHdrs; readonly createInbox: () => string }) {
    this.link = link
    this.names = names
    this.state = state
    this.headers = headers
    this.#orphans = orphans
    const verify = (): Promise<void> => this.#verify()
    this.#putting = new Putting(link, names.itemSubject, maxBytes, headers, verify)
    const next = `${link.manager.getOptions().apiPrefix ?? '$JS.API'}.CONSUMER.MSG.NEXT.${names.items}.${names.consumer}`
    this.taking = new Taking(link, next, createInbox, state.leaseMs, verify)
    this.verdicts = new Verdicts(link, names.deadSubject, headers)
  }

  /** Connects, makes what is missing, refuses what disagrees, and clears away what a killed server has left. */
  static async open(server: NatsServer, names: StoreNames, options: StoreOptions & { readonly name: string; readonly maxBytes: number | undefined }): Promise<Opened> {
    const owner = `natsQueue '${options.name}'`
    const transport = await optionalPackage('natsQueue', '@nats-io/transport-node', () => import('@nats-io/transport-node'))
    let orphans: Orphans | undefined
    const heal = (): void => {
      orphans?.suspect()
      // Tried again by whoever finds the queue full, or counts what is in it.
      orphans?.heal().catch(() => {})
    }
    const link = await Link.open(owner, server, heal)
    try {
      const state = await link.patiently(() => makeStores(owner, link.manager, names, options), START_MS)
      const found = (orphans = new Orphans(link, names))
      await link.patiently(() => found.heal())
      return new Opened(link, found, names, state, largestOf(options.maxBytes, link.connection.info), transport)
    } catch (error) {
      await link.close()
      throw error
    }
  }

  async put(items: readonly PutItem[]): Promise<readonly PutResult[]> {
    const results = await this.#putting.put(items)
    if (results.at(-1)?.is === 'full' && this.link.isUp) await this.#orphans.heal().catch(() => {})
    return results
  }

  /** None that is ready is left out. */
  stats(): Promise<DurableStats> {
    const { manager } = this.link
    return this.link.patiently(async () => {
      // The seal first: what is counted after it holds all that was put before it.
      const [{ isSealed, info }, { state: dead }] = await Promise.all([readSeal(this.link, this.names), manager.streams.info(this.names.dead)])
      const { delivered, num_pending, num_ack_pending: leased } = await manager.consumers.info(this.names.items, this.names.consumer)
      const { messages, last_seq } = info.state
      // What the server counts as pending may be wrong after a kill; how far it has come is not.
      const ready = delivered.stream_seq >= last_seq ? 0 : Math.max(1, num_pending)
      if (messages !== ready + leased) await this.#orphans.heal(true)
      return { ready, leased, dead: dead.messages, sealed: isSealed }
    })
  }

  seal(): Promise<void> {
    return this.link.patiently(() => seal(this.link, this.names))
  }

  /** Does what stores items, and leaves a queue sealed that was. */
  async keepSeal<R>(work: () => Promise<R>): Promise<R> {
    const { isSealed } = await this.link.patiently(() => readSeal(this.link, this.names))
    try {
      return await work()
    } finally {
      if (isSealed) await this.seal()
    }
  }

  close(): Promise<void> {
    return this.link.close()
  }

  /** Rejects where the stream or its consumer is gone; whether the server is there is a matter of time. */
  async #verify(): Promise<void> {
    const { items, consumer } = this.names
    try {
      await this.link.manager.consumers.info(items, consumer)
    } catch (error) {
      if (isMissing(error)) throw coded('SLUICE_NATS', new Error(`natsQueue: the stream ${items}, or its consumer ${consumer}, was deleted while the queue was open`, { cause: error }))
      if (!isPassing(error)) throw error
    }
  }
}
