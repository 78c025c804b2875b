import { arrayText } from './value-text'
import { quoteName } from './table-name'
import type { ShapeColumn } from './table-shape'

/** How rows get into a table. */
export type TableMode = 'copy' | 'insert' | 'upsert'

/** What is to be written where, checked. */
export interface TableTarget {
  /** Quoted. */
  readonly table: string
  readonly columns: readonly string[]
  readonly mode: TableMode
  readonly key: readonly string[]
  /** The columns that an upsert changes in a row that is there. */
  readonly update: readonly string[]
}

const list = (names: readonly string[]): string => names.map(quoteName).join(', ')

export function copyStatement({ table, columns }: TableTarget): string {
  return `COPY ${table} (${list(columns)}) FROM STDIN`
}

/**
 * One parameter for each column, a list of texts, whatever the number of rows: so the statement is the same every time, and
 * the 65,535 parameters a statement may have are never too few.
 */
export function insertStatement(target: TableTarget, shape: readonly ShapeColumn[]): string {
  const { table, columns, mode, key, update } = target
  const names = columns.map((_, i) => `c${i}`)
  const casts = shape.map(({ cast }, i) => `v.c${i}::${cast}`)
  const lists = columns.map((_, i) => `$${i + 1}::text[]`)
  const insert = `INSERT INTO ${table} (${list(columns)}) SELECT ${casts.join(', ')} FROM unnest(${lists.join(', ')}) AS v(${names.join(', ')})`
  if (mode !== 'upsert') return insert
  const changes = update.map((column) => `${quoteName(column)} = EXCLUDED.${quoteName(column)}`)
  return `${insert} ON CONFLICT (${list(key)}) DO ${changes.length === 0 ? 'NOTHING' : `UPDATE SET ${changes.join(', ')}`}`
}

/** The parameters of an insert: rows turned into columns. */
export function insertParameters(rows: readonly (readonly (string | null)[])[], width: number): string[] {
  return Array.from({ length: width }, (_, column) => arrayText(rows.map((row) => row[column]), 'text', ','))
}

/**
 * Of rows with the same key the last: a statement may not change a row twice. Keys with a null in them are never the same.
 */
export function lastOfEachKey(rows: (string | null)[][], positions: readonly number[]): (string | null)[][] {
  const last = new Map<string, (string | null)[]>()
  for (const [index, row] of rows.entries()) {
    const parts = positions.map((at) => row[at] ?? null)
    const key = parts.includes(null) ? `#${index}` : JSON.stringify(parts)
    // Anew, so that it has the place of its last one.
    last.delete(key)
    last.set(key, row)
  }
  return [...last.values()]
}
