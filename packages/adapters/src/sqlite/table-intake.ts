import type { Intake, Stage, Ticket, Tickets } from '@sluice/core'
import { checkpointWriter, type SqliteCheckpoint } from './checkpoint'
import { connect, type Connection, type SqliteDatabase } from './handle'
import type { CheckedTable } from './table-columns'
import { TableWriter } from './table-writer'
import { isBusy, transaction } from './transaction'

/** What was written. */
export interface WrittenRows {
  readonly rows: number
  readonly transactions: number
}

/** What a sink does, checked. */
export interface Writing<T> {
  readonly owner: string
  readonly database: SqliteDatabase
  readonly tables: readonly CheckedTable[]
  /** Adds the rows of a value to the lists of the tables; answers how many. */
  readonly spread: (value: T, rows: readonly object[][]) => number
  readonly batch: number
  readonly withinMs: number
  readonly busyTimeoutMs: number
  readonly checkpoint: SqliteCheckpoint<T> | undefined
}

/** The longest pause between two looks whether the lock is free. */
const LONGEST_PAUSE_MS = 100

/**
 * The running end of `sqliteTable` and `sqliteTables`.
 *
 * ```text
 *   values ─▶ [ rows waiting: a batch ] ─ full, withinMs, end ─▶ BEGIN, rows, checkpoint, COMMIT ─▶ tickets
 *                      ▲                                             │ locked by somebody
 *                      └──────────── all of it again, later ◀────────┘
 * ```
 *
 * Invariants: a transaction is begun and ended in one turn; at most one commit is under way; a ticket is settled after
 * the commit of its rows, or not acknowledged at all.
 */
export class TableIntake<T> implements Intake<T, WrittenRows> {
  readonly settles = true
  readonly #writing: Writing<T>
  readonly #stage: Stage
  readonly #rows: object[][]
  readonly #opening: Promise<void>
  #connection: Connection | undefined
  #writers: readonly TableWriter[] = []
  #mark: ((value: unknown) => void) | undefined
  #waiting = 0
  #tickets: Ticket[] = []
  #position: unknown
  #committing: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #ready = false
  #over = false
  #written = 0
  #transactions = 0

  constructor(writing: Writing<T>, stage: Stage) {
    this.#writing = writing
    this.#stage = stage
    this.#rows = writing.tables.map(() => [])
    this.#opening = this.#open()
    // Told at once, even if nothing ever comes.
    this.#opening.catch((error: unknown) => { if (!this.#over) stage.fail(error) })
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): Promise<void> | undefined {
    const { spread, checkpoint, batch } = this.#writing
    for (let i = 0; i < count; i++) if (tickets?.[i]) this.#tickets.push(tickets[i] as Ticket)
    for (let i = 0; i < count; i++) {
      this.#stage.item = values[i]
      this.#waiting += spread(values[i] as T, this.#rows)
      const position = checkpoint?.of(values[i] as T)
      if (position !== undefined) this.#position = position
    }
    this.#stage.item = undefined
    if (this.#waiting >= batch) return this.#commit()
    this.#cancelTimer ??= this.#stage.scope.clock.after(this.#writing.withinMs, () => { this.#commitLate() })
    return undefined
  }

  async end(): Promise<WrittenRows> {
    await this.#opening
    await this.#commit()
    this.#over = true
    this.#close()
    return { rows: this.#written, transactions: this.#transactions }
  }

  async abort(reason: unknown): Promise<void> {
    this.#over = true
    this.#cancelTimer?.()
    this.#settle((ticket) => { ticket.nack(reason) })
    await this.#opening.catch(() => {})
    this.#close()
  }

  async #open(): Promise<void> {
    const { database, owner, tables, checkpoint } = this.#writing
    const { handle } = (this.#connection = await connect(database))
    await this.#unlocked(() => {
      this.#writers = tables.map((table) => new TableWriter(owner, handle, table))
      if (checkpoint) this.#mark = checkpointWriter(handle, checkpoint.name)
      this.#ready = true
    })
  }

  /** Commits what waits: at once where it can, else answers a promise. */
  #commit(): Promise<void> | undefined {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    // What has come since is not in that one.
    if (this.#committing) return this.#committing.then(() => this.#commit())
    if (this.#waiting === 0 && this.#position === undefined && this.#tickets.length === 0) return undefined
    if (this.#ready) {
      try {
        this.#transact()
        return undefined
      } catch (error) {
        if (!isBusy(error)) throw error
      }
    }
    this.#committing = this.#commitLater()
    return this.#committing
  }

  async #commitLater(): Promise<void> {
    try {
      await this.#opening
      await this.#unlocked(() => { this.#transact() })
    } finally {
      this.#committing = undefined
    }
    // Ended meanwhile: never settled, because what was given up is neither written nor a second failure.
    if (this.#over) await new Promise<void>(() => {})
  }

  #transact(): void {
    const look = (row: object): void => { this.#stage.item = row }
    transaction((this.#connection as Connection).handle, () => {
      for (const [index, writer] of this.#writers.entries()) writer.write(this.#rows[index] as object[], look)
      if (this.#position !== undefined) this.#mark?.(this.#position)
    })
    this.#stage.item = undefined
    this.#written += this.#waiting
    this.#transactions++
    this.#waiting = 0
    this.#position = undefined
    for (const rows of this.#rows) rows.length = 0
    this.#settle((ticket) => { ticket.ack() })
  }

  /** Does `work`, again and again while somebody else holds the lock. The event loop goes on meanwhile. */
  async #unlocked(work: () => void): Promise<void> {
    const { clock } = this.#stage.scope
    const until = clock.now() + this.#writing.busyTimeoutMs
    for (let pause = 2; !this.#over; pause = Math.min(LONGEST_PAUSE_MS, pause * 2)) {
      try {
        work()
        return
      } catch (error) {
        if (!isBusy(error) || clock.now() + pause > until) throw error
      }
      await new Promise<void>((resolve) => { clock.after(pause, resolve) })
    }
  }

  #commitLate(): void {
    const fail = (error: unknown): void => { if (!this.#over) this.#stage.fail(error, this.#stage.item) }
    try {
      this.#commit()?.catch(fail)
    } catch (error) {
      fail(error)
    }
  }

  #settle(how: (ticket: Ticket) => void): void {
    const tickets = this.#tickets
    this.#tickets = []
    for (const ticket of tickets) how(ticket)
  }

  #close(): void {
    if (this.#connection?.owned) this.#connection.handle.close()
    this.#connection = undefined
  }
}
