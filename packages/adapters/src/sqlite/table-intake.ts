import { type OnError } from '@sluice/core'
import { coded, type Intake, nackAll, type Stage, type Tickets } from '@sluice/core/authoring'
import { Verdicts } from '../batches/verdicts'
import { checkpointWriter, type SqliteCheckpoint } from './checkpoint'
import { connect, type Connection, type SqliteDatabase } from './handle'
import { HeldRows, type Refused } from './held-rows'
import type { CheckedTable } from './table-columns'
import { TableWriter } from './table-writer'
import { isBusy, isOpen, isRefusal, ofFile, transaction } from './transaction'

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
  readonly onError: OnError<T> | undefined
}

/** Thrown inside a transaction that is to be rolled back for what it was told. */
const ROLLED_BACK = /* @__PURE__ */ coded('SLUICE_ABORTED', new Error('rolled back: rows were refused'))

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
 * Where a row is refused, its transaction is rolled back. Without a supervisor the run fails; else the supervisor decides about the
 * value, and all others are written again.
 *
 * Invariants: a transaction is begun and ended in one turn; at most one commit is under way; a ticket is settled after
 * the commit of its rows, or not acknowledged at all.
 */
export class TableIntake<T> implements Intake<T, WrittenRows> {
  readonly settles = true
  readonly #writing: Writing<T>
  readonly #stage: Stage
  readonly #held: HeldRows<T>
  readonly #verdicts: Verdicts<T>
  /** What a row is refused for is decided about; else the run fails. */
  readonly #isSupervised: boolean
  readonly #opening: Promise<void>
  #connection: Connection | undefined
  #writers: readonly TableWriter[] = []
  #mark: ((value: unknown) => void) | undefined
  #position: unknown
  /** Of the last attempt to write what waits. */
  #refused: Refused[] = []
  #committing: Promise<void> | undefined
  #cancelTimer: (() => void) | undefined
  #ready = false
  #over = false
  #written = 0
  #transactions = 0

  constructor(writing: Writing<T>, stage: Stage) {
    this.#writing = writing
    this.#stage = stage
    this.#held = new HeldRows<T>(writing.tables.length)
    this.#verdicts = new Verdicts<T>(stage, writing.onError)
    this.#isSupervised = writing.onError !== undefined && writing.onError !== 'fail'
    this.#opening = this.#open()
    // Told at once, even if nothing ever comes.
    this.#opening.catch((error: unknown) => { if (!this.#over) stage.fail(error) })
  }

  write(values: readonly T[], count: number, tickets: Tickets | null): Promise<void> | undefined {
    const { spread, checkpoint, batch } = this.#writing
    for (let i = 0; i < count; i++) {
      const value = (this.#stage.item = values[i] as T)
      try {
        this.#held.add(value, tickets?.[i], spread, this.#isSupervised)
        const position = checkpoint?.of(value)
        if (position !== undefined) this.#position = position
      } catch (error) {
        nackAll(tickets, i + 1, count, error)
        this.#giveUp({ index: this.#held.length - 1, error })
        throw error
      }
    }
    this.#stage.item = undefined
    if (this.#held.count >= batch) return this.#commit()
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
    this.#held.giveBack(reason)
    this.#verdicts.close()
    await this.#opening.catch(() => {})
    this.#close()
  }

  async #open(): Promise<void> {
    const { database, owner, tables, checkpoint } = this.#writing
    const { handle } = (this.#connection = await connect(database))
    try {
      await this.#unlocked(() => {
        this.#writers = tables.map((table) => new TableWriter(owner, handle, table))
        if (checkpoint) this.#mark = checkpointWriter(handle, checkpoint.name)
        this.#ready = true
      })
    } catch (error) {
      throw ofFile(owner, database, error)
    }
  }

  /** Commits what waits: at once where it can, else answers a promise. */
  #commit(): Promise<void> | undefined {
    this.#cancelTimer?.()
    this.#cancelTimer = undefined
    // What has come since is not in that one.
    if (this.#committing) return this.#committing.then(() => this.#commit())
    if (this.#held.length === 0 && this.#position === undefined) return undefined
    if (this.#ready) {
      try {
        if (this.#transact()) return undefined
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
      while (!(await this.#transactUnlocked())) await this.#judge()
    } finally {
      this.#committing = undefined
    }
    // Ended meanwhile: never settled, because what was given up is neither written nor a second failure.
    if (this.#over) await new Promise<void>(() => {})
  }

  /** True: all that waits is written. False: some values were refused, and nothing is written. */
  #transact(): boolean {
    const { handle } = this.#connection as Connection
    this.#refused = [...this.#held.malformed]
    if (this.#refused.length > 0) return false
    try {
      transaction(handle, () => {
        for (const [table, writer] of this.#writers.entries()) this.#writeTable(table, writer)
        if (this.#refused.length > 0) throw ROLLED_BACK
        if (this.#position !== undefined) this.#mark?.(this.#position)
      })
    } catch (error) {
      if (error !== ROLLED_BACK) throw isRefusal(error) ? error : ofFile(this.#writing.owner, this.#writing.database, error)
      this.#checkAll()
      return false
    }
    this.#written += this.#held.count
    this.#transactions++
    this.#position = undefined
    this.#held.settle(this.#stage)
    return true
  }

  #writeTable(table: number, writer: TableWriter): void {
    const rows = this.#held.rows[table] as object[]
    writer.write(rows, (row, error) => {
      const index = this.#held.ownerOf(table, row)
      this.#stage.item = rows[row]
      if (!this.#isSupervised) {
        this.#giveUp({ index, error })
        throw error
      }
      this.#refused.push({ index, error })
      // What else of the value is in already may be why the next one is refused; and a trigger may have ended the transaction.
      if (!this.#held.isAlone(index) || !isOpen((this.#connection as Connection).handle)) throw ROLLED_BACK
    })
  }

  /** Values that no column can hold are to blame first: what was refused may have been in the way of another row of theirs. */
  #checkAll(): void {
    const unholdable = new Map<number, Refused>()
    for (const [table, writer] of this.#writers.entries()) {
      writer.check(this.#held.rows[table] as object[], (row, error) => {
        const index = this.#held.ownerOf(table, row)
        if (!unholdable.has(index)) unholdable.set(index, { index, error })
      })
    }
    if (unholdable.size > 0) this.#refused = [...unholdable.values()]
  }

  /** Puts the values that were refused before the supervisor. Those that are left out are settled. */
  async #judge(): Promise<void> {
    const refused = this.#refused
    this.#refused = []
    const out = new Set<number>()
    await Promise.all(refused.map(async ({ index, error }) => {
      const { verdict, error: final } = await this.#verdicts.of(this.#held.valueAt(index), this.#held.attemptAt(index), error, (fate) => {
        if (this.#over) return
        this.#stage.settle(this.#held.ticketAt(index), fate)
        out.add(index)
      })
      // Given up: nobody is to hear of a second failure.
      if (this.#over) return
      if (verdict === 'again') this.#held.tryAgain(index)
      if (verdict !== 'failed') return
      this.#stage.item = this.#held.valueAt(index)
      this.#giveUp({ index, error: final })
      throw final
    }))
    if (!this.#over) {
      this.#held.remove(out)
      this.#stage.item = undefined
    }
  }

  /** A value has failed for good. */
  #giveUp({ index, error }: Refused): void {
    this.#stage.giveUp(this.#held.ticketAt(index), error)
    this.#held.forget(index)
  }

  /** True where nothing is left to be written, or nobody wants it any more. */
  async #transactUnlocked(): Promise<boolean> {
    let done = false as boolean
    await this.#unlocked(() => { done = this.#transact() })
    return done || this.#over
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

  #close(): void {
    if (this.#connection?.owned) this.#connection.handle.close()
    this.#connection = undefined
  }
}
