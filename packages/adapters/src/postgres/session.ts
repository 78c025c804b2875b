import { coded } from '@sluice/core/authoring'
import type { Clock } from '@sluice/core'
import { cancelRequest } from './cancel-request'
import { isPool, type OpenClient, type PgAnswer, type PgDatabase } from './database'

/** Why waiting ended that nobody waits for any more. */
const CUT = /* @__PURE__ */ coded('SLUICE_ABORTED', new Error('the run is over'))

/** Shut down, crashed, starting up, database dropped, idle for too long. */
const GOODBYE = /^57P0[1-5]$/

/**
 * A connection for one run.
 *
 * It listens for the connection's loss: a client that nobody listens to would end the process. Work goes through
 * {@link orLost}, since some of what `pg` starts is never heard of again when the connection has gone.
 */
export class Session {
  readonly #database: PgDatabase
  readonly #clock: Clock
  #client: OpenClient | undefined
  #lost: Error | undefined
  #cancelling: Promise<void> | undefined
  /** No longer to be trusted with somebody else's statements. */
  #broken = false
  #released = false
  /** Who waits for something that the connection's loss would never settle. */
  readonly #waiting = new Set<(error: unknown) => void>()
  readonly #onLost: ((error: Error) => void) | undefined
  readonly #onError = (error: Error): void => {
    this.#lost ??= error
    this.#rejectAll(error)
    this.#onLost?.(error)
  }

  /** @param onLost told of the connection's loss, which may come while nobody waits for anything. */
  constructor(database: PgDatabase, clock: Clock, onLost?: (error: Error) => void) {
    this.#database = database
    this.#clock = clock
    this.#onLost = onLost
  }

  get client(): OpenClient {
    if (!this.#client) throw coded('SLUICE_PROTOCOL', new Error('the session was not opened'))
    return this.#client
  }

  get usable(): boolean {
    return this.#client !== undefined && !this.#lost && !this.#broken
  }

  /** Takes a connection of the pool. Waiting for a free one ends when it is cut; the one that comes late is handed back. */
  async open(): Promise<void> {
    const database = this.#database
    if (!isPool(database)) {
      this.#use(database as OpenClient)
      return
    }
    await this.orLost(database.connect().then((client) => {
      if (this.#released) (client as OpenClient).release?.()
      else this.#use(client as OpenClient)
    }))
  }

  query<Row>(text: string, values?: readonly unknown[]): Promise<PgAnswer<Row>> {
    return this.orLost(this.client.query<Row>(text, values))
  }

  /** As {@link query}, with every value as text: the parsers of the user's client are for the user's rows. */
  texts<Row extends Record<string, string | null>>(text: string, values: readonly unknown[]): Promise<PgAnswer<Row>> {
    return this.orLost(this.client.query<Row>({ text, values, types: { getTypeParser: () => String } }))
  }

  /** Settles as `work` does, or rejects when the connection was lost. */
  orLost<T>(work: Promise<T>): Promise<T> {
    if (this.#lost) {
      work.catch(() => {})
      return Promise.reject(this.#lost)
    }
    return new Promise((resolve, reject) => {
      this.#waiting.add(reject)
      const forget = (): boolean => this.#waiting.delete(reject)
      work.then(
        (value) => {
          forget()
          resolve(value)
        },
        (error: unknown) => {
          this.examine(error)
          forget()
          reject(error)
        },
      )
    })
  }

  /** What the server is busy with for us is to end. */
  cancel(): void {
    if (!this.#client) {
      this.#rejectAll(CUT)
      return
    }
    if (this.#lost || this.#waiting.size === 0) return
    this.#cancelling ??= cancelRequest(this.#client, this.#clock).then((sent) => {
      if (sent) return
      this.#broken = true
      // Nothing else would make it stop.
      if (isPool(this.#database)) this.#client?.connection?.stream.destroy()
    })
  }

  /** Resolves when no cancel request is on its way any more, so that the next statement is safe from it. */
  async settled(): Promise<void> {
    await this.#cancelling
  }

  /** Hands the connection back. Once. */
  async release(): Promise<void> {
    if (this.#released) return
    this.#released = true
    await this.#cancelling
    const client = this.#client
    if (!client) return
    client.removeListener('error', this.#onError)
    if (isPool(this.#database)) client.release?.(this.#broken || this.#lost !== undefined)
  }

  /** The server says goodbye before it hangs up: nobody else should be given this connection in between. */
  examine(error: unknown): void {
    if (GOODBYE.test(String((error as { readonly code?: unknown } | null)?.code))) this.#broken = true
  }

  /** It is in a state that nobody should inherit. */
  spoil(): void {
    this.#broken = true
  }

  #use(client: OpenClient): void {
    this.#client = client
    client.on('error', this.#onError)
  }

  #rejectAll(error: unknown): void {
    const waiting = [...this.#waiting]
    this.#waiting.clear()
    for (const reject of waiting) reject(error)
  }
}
