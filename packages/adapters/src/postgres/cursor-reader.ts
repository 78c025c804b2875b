import { coded, type Stage } from '@sluice/core/authoring'
import type CursorOf from 'pg-cursor'
import type { OnError } from '@sluice/core'
import { BatchFailure } from '../batches/batch-failure'
import { ReadTrials } from '../batches/read-trials'
import type { Resource } from '../batches/resource'
import { optionalPackage } from '../optional-package'
import type { PgDatabase } from './database'
import { restore, RowParsers, unconverted, type QueriedRow } from './row-parsers'
import { Session } from './session'

/** A query, to be read through a cursor. */
export interface CursorReading {
  readonly database: PgDatabase
  readonly sql: string
  readonly params: readonly unknown[]
  /** Rows of a round trip; undefined: what is asked for. */
  readonly batch: number | undefined
  readonly onError: OnError<QueriedRow> | undefined
}

/** What one round trip has brought. */
export interface CursorRows<Row> {
  readonly rows: readonly Row[]
  /** The row behind these has failed for good. */
  readonly failure?: BatchFailure
}

/**
 * Reads the rows of a query through a portal of the server, which makes a row when it is asked for.
 *
 * ```text
 *   server: portal ─ n rows ─▶ cursor ─▶ read()       cut ─ cancel request ─▶ server
 * ```
 */
export class CursorReader<Row> implements Resource<CursorRows<Row>> {
  readonly #reading: CursorReading
  readonly #session: Session
  readonly #trials: ReadTrials<QueriedRow>
  #parsers: RowParsers | undefined
  #cursor: CursorOf<Row> | undefined
  /** Rows that were fetched. */
  #fetched = 0
  #failed = false
  #cut = false
  /** No further round trip begins. */
  #over = false

  constructor(reading: CursorReading, stage: Stage) {
    this.#reading = reading
    this.#session = new Session(reading.database, stage.scope.clock)
    this.#trials = new ReadTrials(stage, reading.onError)
  }

  /** Round trips until one brings a row that can be handed on. */
  async read(limit: number): Promise<CursorRows<Row> | undefined> {
    const cursor = this.#cursor ?? (await this.#open())
    for (;;) {
      const rows = await this.#fetch(cursor, this.#reading.batch ?? limit)
      if (rows.length === 0) return undefined
      const before = this.#fetched
      this.#fetched += rows.length
      const read = this.#parsers?.haveFailed() ? await this.#restored(rows, before) : { rows }
      if (read.rows.length > 0 || read.failure || this.#over) return read
    }
  }

  halt(): void {
    this.#over = true
    this.#trials.close()
  }

  cut(): void {
    this.#cut = this.#over = true
    this.#trials.close()
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

  async #fetch(cursor: CursorOf<Row>, count: number): Promise<Row[]> {
    try {
      return await this.#session.orLost(cursor.read(count))
    } catch (error) {
      this.#failed = true
      throw error
    }
  }

  /** Puts each row that a parser has thrown at before the supervisor, in order. The others are kept as they are. */
  async #restored(rows: readonly Row[], before: number): Promise<CursorRows<Row>> {
    const kept: Row[] = []
    for (const [index, row] of rows.entries()) {
      const place = before + index + 1
      const refused = unconverted(row as object, place)
      try {
        if (!refused || (await this.#tried(row as Record<string, unknown>, refused))) kept.push(row)
      } catch (error) {
        if (!(error instanceof BatchFailure)) throw error
        return { rows: kept, failure: error }
      }
    }
    return { rows: kept }
  }

  #tried(row: Record<string, unknown>, refused: QueriedRow): Promise<true | undefined> {
    let isFirst = true
    return this.#trials.make(refused, () => {
      const isKnown = isFirst
      isFirst = false
      restore(row, refused.row, isKnown)
      return true
    })
  }

  async #open(): Promise<CursorOf<Row>> {
    const { default: Cursor } = await optionalPackage('fromQuery', 'pg-cursor', () => import('pg-cursor'))
    if (!this.#cut) await this.#session.open()
    if (this.#cut) throw coded('SLUICE_ABORTED', new Error('the run is over'))
    const { sql, params } = this.#reading
    const { client } = this.#session
    const types = (this.#parsers = new RowParsers(client))
    return (this.#cursor = client.query(new Cursor<Row>(sql, [...params], client.getTypeParser ? { types } : {})))
  }
}
