import type { Session } from './session'

/**
 * A transaction, begun with the first statement. On a client that is in one already it is a part of that one: a savepoint,
 * so that a failure takes back what we did and nothing else.
 */
export class Transaction {
  readonly #session: Session
  #state: 'none' | 'begun' | 'over' = 'none'
  #nested = false

  constructor(session: Session) {
    this.#session = session
  }

  async begin(): Promise<void> {
    if (this.#state !== 'none') return
    this.#nested = this.#session.client.getTransactionStatus?.() === 'T'
    this.#state = 'begun'
    await this.#session.query(this.#nested ? 'SAVEPOINT sluice' : 'BEGIN')
  }

  async commit(): Promise<void> {
    if (this.#state !== 'begun') return
    await this.#session.query(this.#nested ? 'RELEASE SAVEPOINT sluice' : 'COMMIT')
    this.#state = 'over'
  }

  /** Nothing of it stays. Where that cannot be said to the server, the connection is not to be used again. */
  async rollback(): Promise<void> {
    if (this.#state !== 'begun') return
    this.#state = 'over'
    if (!this.#session.usable) return
    try {
      await this.#session.query(this.#nested ? 'ROLLBACK TO SAVEPOINT sluice; RELEASE SAVEPOINT sluice' : 'ROLLBACK')
    } catch {
      this.#session.spoil()
    }
  }
}
