import { coded } from '@sluice/core/authoring'
import type { Clock } from '@sluice/core'
import { BatchFailure } from '../batches/batch-failure'
import type { BatchWriter, TellFate } from '../batches/batch-intake'
import { copyLine } from './copy-text'
import { CopyStream } from './copy-stream'
import type { LeftOut, Verdicts } from '../batches/verdicts'
import type { PgDatabase } from './database'
import { Session } from './session'
import { copyStatement, insertParameters, insertStatement, lastOfEachKey, type TableTarget } from './statements'
import { isRefusal, PostgresValueError } from './table-error'
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

/** What is written where, checked. */
export interface TableWriting<Row> {
  readonly target: TableTarget
  readonly values: readonly ColumnValue<Row>[]
  readonly transaction: 'run' | 'batch'
}

/** Rows of a batch that are written by one statement. */
interface Part<Row> {
  readonly rows: readonly Row[]
  readonly at: readonly number[]
  readonly tell: TellFate
}

/**
 * Writes rows to a table, for one run.
 *
 * ```text
 *   'run':    BEGIN ─ statement, statement, … (or one COPY) ─ COMMIT      at the end of the run
 *   'batch':  statement   statement   statement                          each commits by itself
 * ```
 *
 * Under a supervisor each batch is a statement with a savepoint before it. Where the server refuses the rows, the statement is taken back
 * and its halves are tried, down to the rows at fault; the supervisor decides about those.
 */
export class TableWriter<Row> implements BatchWriter<Row, WrittenRows> {
  readonly #target: TableTarget
  readonly #values: readonly ColumnValue<Row>[]
  /** Undefined: each statement is its own. */
  readonly #transaction: Transaction | undefined
  readonly #session: Session
  /** Undefined: the first row that is refused fails the run. */
  readonly #verdicts: Verdicts<Row> | undefined
  #shape: readonly ShapeColumn[] = []
  #insert = ''
  #copy: CopyStream | undefined
  #rows = 0
  #cut = false
  #fail: (error: unknown) => void = () => {}

  constructor(database: PgDatabase, { target, values, transaction }: TableWriting<Row>, clock: Clock, verdicts: Verdicts<Row> | undefined) {
    this.#verdicts = verdicts
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

  async write(rows: readonly Row[], tell: TellFate): Promise<void> {
    const part = { rows, at: rows.map((_, i) => i), tell }
    if (this.#verdicts) await this.#writeSupervised(part, 1)
    else await this.#writeRows(part)
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
    this.#verdicts?.close()
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

  async #writeRows({ rows, at }: Part<Row>): Promise<void> {
    const fields = at.map((i) => this.#encode(rows[i] as Row))
    await this.#transaction?.begin()
    if (this.#target.mode === 'copy') await this.#writeCopy(fields)
    else await this.#writeInsert(fields)
  }

  async #writeSupervised(part: Part<Row>, attempt: number): Promise<void> {
    const { rows, at, tell } = part
    const savepoint = this.#transaction !== undefined || this.#session.client.getTransactionStatus?.() === 'T'
    await this.#transaction?.begin()
    try {
      if (savepoint) await this.#session.query('SAVEPOINT sluice_rows')
      await this.#writeRows(part)
      if (savepoint) await this.#session.query('RELEASE SAVEPOINT sluice_rows')
      // What has committed by itself stays, whatever becomes of the others.
      if (!this.#transaction) for (const i of at) tell(i, 'delivered')
    } catch (failure) {
      const error = failure instanceof BatchFailure ? failure.error : failure
      if (this.#cut || !isRefusal(error)) throw failure
      this.#copy = undefined
      if (savepoint) await this.#session.query('ROLLBACK TO SAVEPOINT sluice_rows; RELEASE SAVEPOINT sluice_rows')
      if (at.length > 1) {
        const half = Math.ceil(at.length / 2)
        await this.#writeSupervised({ ...part, at: at.slice(0, half) }, attempt)
        await this.#writeSupervised({ ...part, at: at.slice(half) }, attempt)
        return
      }
      const index = at[0] as number
      const recovery = await this.#judge(error, rows[index] as Row, attempt)
      if (recovery === 'again') await this.#writeSupervised(part, attempt + 1)
      else tell(index, recovery)
    }
  }

  async #judge(error: unknown, row: Row, attempt: number): Promise<'again' | LeftOut> {
    let fate: LeftOut | undefined
    const trial = await this.#verdicts?.of(row, attempt, error, (told) => { fate = told })
    if (trial?.verdict === 'again') return 'again'
    if (fate !== undefined) return fate
    throw new BatchFailure(trial?.verdict === 'failed' ? trial.error : error, row, attempt)
  }

  async #writeCopy(rows: readonly (string | null)[][]): Promise<void> {
    const text = rows.map(copyLine).join('')
    const copy = (this.#copy ??= await CopyStream.begin(this.#session, copyStatement(this.#target), this.#verdicts ? () => {} : this.#fail))
    // It was made while the run ended.
    if (this.#cut) throw coded('SLUICE_ABORTED', new Error('the run is over'))
    await copy.write(text)
    // Under a supervisor each batch is a COPY of its own, so that it can be taken back.
    if (this.#transaction && !this.#verdicts) return
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
      let value: unknown
      try {
        return valueText((value = this.#values[i]?.(row)), column)
      } catch (error) {
        throw new BatchFailure(new PostgresValueError(this.#target.table, column.name, value, error), row)
      }
    })
  }
}
