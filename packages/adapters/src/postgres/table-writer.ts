import type { Clock } from '@sluice/core'
import { BatchFailure, type BatchWriter } from '../batches/batch-intake'
import { copyLine } from './copy-text'
import { CopyStream } from './copy-stream'
import type { PgDatabase } from './database'
import { Session } from './session'
import { copyStatement, insertParameters, insertStatement, lastOfEachKey, type TableTarget } from './statements'
import { PostgresValueError } from './table-error'
import { readShape, type ShapeColumn } from './table-shape'
import { Transaction } from './transaction'
import { valueText } from './value-text'

/** What was written. */
export interface WrittenRows {
  readonly table: string
  /** Rows that the server has inserted or changed. */
  readonly rows: number
}

/** Takes the value of a column out of a row. */
export type ColumnValue<Row> = (row: Row) => unknown

/**
 * Writes rows to a table, for one run.
 *
 * ```text
 *   'run':    BEGIN ─ statement, statement, … (or one COPY) ─ COMMIT      at the end of the run
 *   'batch':  statement   statement   statement                          each commits by itself
 * ```
 */
export class TableWriter<Row> implements BatchWriter<Row, WrittenRows> {
  readonly #target: TableTarget
  readonly #values: readonly ColumnValue<Row>[]
  /** Undefined: each statement is its own. */
  readonly #transaction: Transaction | undefined
  readonly #session: Session
  #shape: readonly ShapeColumn[] = []
  #insert = ''
  #copy: CopyStream | undefined
  #rows = 0
  #cut = false
  #fail: (error: unknown) => void = () => {}

  constructor(database: PgDatabase, target: TableTarget, values: readonly ColumnValue<Row>[], transaction: 'run' | 'batch', clock: Clock) {
    this.#target = target
    this.#values = values
    this.#session = new Session(database, clock, (error) => { this.#fail(error) })
    this.#transaction = transaction === 'run' ? new Transaction(this.#session) : undefined
  }

  async open(fail: (error: unknown) => void): Promise<void> {
    this.#fail = fail
    const { table, columns, mode, key } = this.#target
    await this.#session.open()
    this.#shape = await readShape(this.#session, table, columns, mode === 'upsert' ? key : undefined)
    this.#insert = insertStatement(this.#target, this.#shape)
  }

  async write(rows: readonly Row[]): Promise<void> {
    const fields = rows.map((row) => this.#encode(row))
    await this.#transaction?.begin()
    if (this.#target.mode === 'copy') await this.#writeCopy(fields)
    else await this.#writeInsert(fields)
  }

  async end(): Promise<WrittenRows> {
    if (this.#copy) this.#rows += await this.#copy.end()
    this.#copy = undefined
    await this.#transaction?.commit()
    await this.#session.release()
    return { table: this.#target.table, rows: this.#rows }
  }

  cut(): void {
    this.#cut = true
    // The server may be waiting for rows, or for a lock: each is told in its own way.
    void this.#copy?.giveUp()
    this.#session.cancel()
  }

  async giveUp(): Promise<void> {
    await this.#copy?.giveUp()
    await this.#session.settled()
    await this.#transaction?.rollback()
    await this.#session.release()
  }

  async #writeCopy(rows: readonly (string | null)[][]): Promise<void> {
    const text = rows.map(copyLine).join('')
    const copy = (this.#copy ??= await CopyStream.begin(this.#session, copyStatement(this.#target), this.#fail))
    // It was made while the run ended.
    if (this.#cut) throw new Error('the run is over')
    await copy.write(text)
    if (this.#transaction) return
    this.#rows += await copy.end()
    this.#copy = undefined
  }

  async #writeInsert(fields: (string | null)[][]): Promise<void> {
    const { mode, key, columns } = this.#target
    const rows = mode === 'upsert' ? lastOfEachKey(fields, key.map((name) => columns.indexOf(name))) : fields
    const { rowCount } = await this.#session.query(this.#insert, insertParameters(rows, columns.length))
    this.#rows += rowCount ?? 0
  }

  #encode(row: Row): (string | null)[] {
    return this.#shape.map((column, i) => {
      try {
        return valueText(this.#values[i]?.(row), column)
      } catch (error) {
        throw new BatchFailure(new PostgresValueError(this.#target.table, column.name, error), row)
      }
    })
  }
}
