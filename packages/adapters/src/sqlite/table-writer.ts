import type { SqliteHandle } from './handle'
import { prepare, type Statement } from './statement'
import { quoted, type CheckedTable } from './table-columns'
import { prepareTable } from './table-schema'
import { toBound, type Bound } from './values'

/** Rows of one statement. Measured with 5 columns on libsql: 1 row 4.0 µs each, 8 rows 1.8 µs, 32 rows 1.6 µs, 100 rows 1.7 µs. */
const GROUP = 32
/** What SQLite takes in one statement. */
const MAX_PARAMS = 32_766

/** Writes rows to one table, inside a transaction that is somebody else's. */
export class TableWriter {
  readonly #columns: readonly string[]
  readonly #group: number
  readonly #one: Statement
  readonly #many: Statement
  readonly #params: Bound[] = []

  constructor(owner: string, handle: SqliteHandle, table: CheckedTable) {
    this.#columns = prepareTable(owner, handle, table)
    this.#group = Math.max(1, Math.min(GROUP, Math.floor(MAX_PARAMS / this.#columns.length)))
    this.#one = prepare(handle, insertion(table, this.#columns, 1))
    this.#many = prepare(handle, insertion(table, this.#columns, this.#group))
  }

  /** Writes all rows, in order. `look` is told which row is at work when one fails. */
  write(rows: readonly object[], look: (row: object) => void): void {
    let at = 0
    for (; at + this.#group <= rows.length; at += this.#group) {
      const params = this.#bind(rows, at, this.#group, look)
      try {
        this.#many.run(params)
      } catch (error) {
        // None of them is in; one by one it shows which of them it was.
        this.#singly(rows, at, at + this.#group, look)
        throw error
      }
    }
    this.#singly(rows, at, rows.length, look)
  }

  #singly(rows: readonly object[], from: number, to: number, look: (row: object) => void): void {
    for (let i = from; i < to; i++) {
      look(rows[i] as object)
      this.#one.run(this.#bind(rows, i, 1, look))
    }
  }

  #bind(rows: readonly object[], from: number, count: number, look: (row: object) => void): Bound[] {
    const params = this.#params
    params.length = 0
    for (let i = from; i < from + count; i++) {
      const row = rows[i] as Record<string, unknown>
      for (const column of this.#columns) {
        try {
          params.push(toBound(row[column]))
        } catch (error) {
          look(row)
          throw new TypeError(`column ${quoted(column)} cannot hold ${(error as Error).message}`, { cause: error })
        }
      }
    }
    return params
  }
}

function insertion({ name, mode, key }: CheckedTable, columns: readonly string[], rows: number): string {
  const row = `(${columns.map(() => '?').join(', ')})`
  const values = Array<string>(rows).fill(row).join(', ')
  const insert = `INSERT INTO ${quoted(name)} (${columns.map(quoted).join(', ')}) VALUES ${values}`
  if (mode === 'insert') return insert
  const rest = columns.filter((column) => !key.includes(column)).map((column) => `${quoted(column)} = excluded.${quoted(column)}`)
  return `${insert} ON CONFLICT (${key.map(quoted).join(', ')}) DO ${rest.length > 0 ? `UPDATE SET ${rest.join(', ')}` : 'NOTHING'}`
}
