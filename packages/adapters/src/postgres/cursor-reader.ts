import { coded } from '@sluice/core/authoring'
import type CursorOf from 'pg-cursor'
import type { Clock } from '@sluice/core'
import type { BatchReader } from '../batches/batch-source'
import { optionalPackage } from '../optional-package'
import type { PgDatabase } from './database'
import { Session } from './session'

/** A query, to be read through a cursor. */
export interface CursorReading {
  readonly database: PgDatabase
  readonly sql: string
  readonly params: readonly unknown[]
  /** Rows of a round trip; undefined: what is asked for. */
  readonly batch: number | undefined
}

/**
 * Reads the rows of a query through a portal of the server, which makes a row when it is asked for.
 *
 * ```text
 *   server: portal ─ n rows ─▶ cursor ─▶ read()       cut ─ cancel request ─▶ server
 * ```
 */
export class CursorReader<Row> implements BatchReader<Row> {
  readonly #reading: CursorReading
  readonly #session: Session
  #cursor: CursorOf<Row> | undefined
  #failed = false
  #cut = false

  constructor(reading: CursorReading, clock: Clock) {
    this.#reading = reading
    this.#session = new Session(reading.database, clock)
  }

  async read(limit: number): Promise<readonly Row[] | undefined> {
    const cursor = this.#cursor ?? (await this.#open())
    try {
      const rows = await this.#session.orLost(cursor.read(this.#reading.batch ?? limit))
      return rows.length > 0 ? rows : undefined
    } catch (error) {
      this.#failed = true
      throw error
    }
  }

  cut(): void {
    this.#cut = true
    this.#session.cancel()
  }

  async close(): Promise<void> {
    const session = this.#session
    await session.settled()
    try {
      // After a failure the portal has gone, and closing it would wait for an answer that has come already.
      if (this.#cursor && !this.#failed && session.usable) await session.orLost(this.#cursor.close())
    } catch {
      session.spoil()
    } finally {
      await session.release()
    }
  }

  async #open(): Promise<CursorOf<Row>> {
    const { default: Cursor } = await optionalPackage('fromQuery', 'pg-cursor', () => import('pg-cursor'))
    if (!this.#cut) await this.#session.open()
    if (this.#cut) throw coded('SLUICE_ABORTED', new Error('the run is over'))
    const { sql, params } = this.#reading
    return (this.#cursor = this.#session.client.query(new Cursor<Row>(sql, [...params])))
  }
}
