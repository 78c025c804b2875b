import { coded } from '@sluice/core/authoring'
import type { SqliteHandle, SqliteStatement } from './handle'
import type { Bound } from './values'

/** The parts in which the two libraries differ. */
interface Differing extends SqliteStatement {
  /** node:sqlite */
  setReadBigInts?(on: boolean): unknown
  /** libsql */
  safeIntegers?(on: boolean): unknown
}

/** A cursor over the rows of a query. */
export interface Rows {
  /** The next row; undefined at the end. */
  next(): Record<string, unknown> | undefined
  /** Lets go of the rows that were not read: until then the database is locked against some writers. */
  close(): void
}

/** A statement of either library. */
export interface Statement {
  run(params: readonly Bound[]): void
  /** The same; answers how many rows have changed. */
  change(params: readonly Bound[]): number
  /** All rows at once. */
  all(params: readonly Bound[]): Record<string, unknown>[]
  get(params: readonly Bound[]): Record<string, unknown> | undefined
  rows(params: readonly Bound[]): Rows
}

/**
 * Prepares a statement.
 *
 * @param isExact integers come as bigints, because libsql would round those that do not fit a number. False where all of them are known to fit.
 */
export function prepare(handle: SqliteHandle, sql: string, isExact = true): Statement {
  const statement = handle.prepare(sql) as Differing
  if (isExact) {
    if (statement.setReadBigInts) statement.setReadBigInts(true)
    else statement.safeIntegers?.(true)
  }
  // libsql takes a lone buffer for an object of names, node:sqlite takes no list.
  const spread = (params: readonly Bound[]): never[] => (statement.setReadBigInts ? params : [params]) as never[]
  return {
    run: (params) => void statement.run(...spread(params)),
    change: (params) => Number((statement.run(...spread(params)) as { readonly changes: number | bigint }).changes),
    all: (params) => statement.all(...spread(params)) as Record<string, unknown>[],
    get: (params) => statement.get(...spread(params)) as Record<string, unknown> | undefined,
    rows(params) {
      let iterator: Iterator<unknown> | undefined
      let open = false
      return {
        next() {
          iterator ??= statement.iterate(...spread(params))
          // One that throws is closed.
          open = false
          const step = iterator.next()
          open = step.done !== true
          return open ? (step.value as Record<string, unknown>) : undefined
        },
        close() {
          if (!open) return
          open = false
          if (iterator?.return) iterator.return()
          // libsql has no way to close a cursor but to begin anew, which leaves none open. The statement only reads.
          else statement.get(...spread(params))
        },
      }
    },
  }
}

/** Begins a query that must not write, and answers its first row; undefined where there is none. */
export function begin(handle: SqliteHandle, sql: string, params: readonly Bound[]): { rows: Rows; first: Record<string, unknown> | undefined } {
  const rows = prepare(handle, sql).rows(params)
  const restricted = prepare(handle, 'PRAGMA query_only').get([])?.query_only !== 0n
  // What a statement writes it writes in its first step.
  if (!restricted) handle.exec('PRAGMA query_only = 1')
  try {
    return { rows, first: rows.next() }
  } catch (error) {
    if (/readonly database/.test((error as Error).message)) throw coded('SLUICE_ARGUMENT', new TypeError(`sqliteQuery reads, and this statement writes: ${sql.slice(0, 80)}`, { cause: error }))
    throw error
  } finally {
    if (!restricted) handle.exec('PRAGMA query_only = 0')
  }
}
