import { setTimeout as sleep } from 'node:timers/promises'
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream'
import type { NatsConnection, NodeConnectionOptions } from '@nats-io/transport-node'
import { coded } from '@sluice/core/authoring'
import { optionalPackage } from '../optional-package'

/** Where the server is: its address or addresses, options of `connect` of `@nats-io/transport-node`, or a connection that is open. */
export type NatsServer = string | readonly string[] | NodeConnectionOptions | NatsConnection

/** A connection without an answer counts as lost after three beats. Connecting is then tried until it succeeds. */
const DEFAULTS = { pingInterval: 1000, maxPingOut: 2, maxReconnectAttempts: -1, reconnectTimeWait: 250 } as const
/** How long a verb that has no answer for "not now" tries again, in ms. */
const PATIENCE_MS = 30_000
const PAUSE_MS = 50
/** What may be over by itself: no answer, nobody there yet, a connection that was cut. */
const PASSING: ReadonlySet<string> = new Set(['TimeoutError', 'NoRespondersError', 'RequestError', 'ConnectionError', 'JetStreamNotEnabled'])
const NOT_NOW = 10_008

/** True where the same may go well in a moment. */
export function isPassing(error: unknown): boolean {
  const { name = '', code } = (error ?? {}) as { readonly name?: string; readonly code?: unknown }
  return PASSING.has(name) || (name === 'JetStreamApiError' && code === NOT_NOW)
}

/** True for an open connection, as against what one is made of. */
export function isConnection(server: NatsServer): server is NatsConnection {
  return typeof (server as Partial<NatsConnection>).publish === 'function' && typeof (server as Partial<NatsConnection>).status === 'function'
}

/** A connection that connects again when it was lost, and tells its listeners of that. */
export class Link {
  readonly connection: NatsConnection
  readonly manager: JetStreamManager
  readonly stream: JetStreamClient
  /** How often the connection was lost. */
  losses = 0
  #isUp = true
  readonly #owned: boolean
  readonly #statuses: AsyncIterable<{ readonly type: string }>
  /** Called once, at the next change. */
  #changed: (() => void)[] = []
  readonly #onUp: () => void

  private constructor(connection: NatsConnection, manager: JetStreamManager, owned: boolean, onUp: () => void) {
    this.connection = connection
    this.manager = manager
    this.stream = manager.jetstream()
    this.#owned = owned
    this.#onUp = onUp
    this.#statuses = connection.status()
    void this.#follow()
  }

  /** @param onUp the connection is there again. */
  static async open(owner: string, server: NatsServer, onUp: () => void): Promise<Link> {
    const { jetstreamManager } = await optionalPackage(owner, '@nats-io/jetstream', () => import('@nats-io/jetstream'))
    const isGiven = isConnection(server)
    const connection = isGiven ? server : await Link.#connect(owner, server)
    try {
      return new Link(connection, await jetstreamManager(connection, { checkAPI: false }), !isGiven, onUp)
    } catch (error) {
      if (!isGiven) await connection.close()
      throw error
    }
  }

  static async #connect(owner: string, server: Exclude<NatsServer, NatsConnection>): Promise<NatsConnection> {
    const { connect } = await optionalPackage(owner, '@nats-io/transport-node', () => import('@nats-io/transport-node'))
    const options: NodeConnectionOptions = typeof server === 'string' || Array.isArray(server) ? { servers: server as string | string[] } : (server as NodeConnectionOptions)
    return connect({ ...DEFAULTS, ...options })
  }

  get isUp(): boolean {
    if (this.connection.isClosed()) throw coded('SLUICE_NATS', new Error('the connection to the NATS server was closed'))
    return this.#isUp
  }

  /** Calls once when the connection is lost, found again or closed; what it answers takes that back. */
  onChange(call: () => void): () => void {
    this.#changed.push(call)
    return () => { this.#changed = this.#changed.filter((each) => each !== call) }
  }

  /** Resolves with whether the connection is there, at once or within so long. */
  async whenUp(ms: number, signal?: AbortSignal): Promise<boolean> {
    const end = performance.now() + ms
    while (!this.isUp) {
      const leftMs = end - performance.now()
      if (leftMs <= 0 || signal?.aborted === true) return false
      await new Promise<void>((resolve) => {
        const done = (): void => {
          clearTimeout(timer)
          forget()
          signal?.removeEventListener('abort', done)
          resolve()
        }
        const timer = setTimeout(done, leftMs)
        const forget = this.onChange(done)
        signal?.addEventListener('abort', done)
      })
    }
    return true
  }

  /** What the promise resolves with; rejects as soon as the connection is lost. */
  unlessLost<R>(promise: Promise<R>): Promise<R> {
    return new Promise((resolve, reject) => {
      const forget = this.onChange(() => { reject(Object.assign(coded('SLUICE_NATS', new Error('the connection to the NATS server was lost')), { name: 'ConnectionError' })) })
      promise.then(resolve, reject).finally(forget)
    })
  }

  /** Does `work` again while the server is not there. */
  async patiently<R>(work: () => Promise<R>, ms = PATIENCE_MS): Promise<R> {
    const end = performance.now() + ms
    for (;;) {
      try {
        if (await this.whenUp(end - performance.now())) return await work()
        throw Object.assign(coded('SLUICE_NATS', new Error('the NATS server was not there')), { name: 'ConnectionError' })
      } catch (error) {
        if (!isPassing(error) || performance.now() >= end) throw error
      }
      await sleep(PAUSE_MS)
    }
  }

  async close(): Promise<void> {
    // Statuses of a connection that is not ours would go on for as long as it lives.
    ;(this.#statuses as { readonly stop?: () => void }).stop?.()
    if (this.#owned) await this.connection.close()
  }

  async #follow(): Promise<void> {
    for await (const { type } of this.#statuses) {
      if (type === 'disconnect') {
        this.#isUp = false
        this.losses++
      } else if (type === 'reconnect') this.#isUp = true
      else if (type !== 'close') continue
      for (const call of this.#changed.splice(0)) call()
      if (type === 'reconnect') this.#onUp()
    }
  }
}
