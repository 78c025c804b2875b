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
  get(params: readonly Bound[]): Record<string, unknown> | undefined
  rows(params: readonly Bound[]): Rows
}

/** Prepares a statement. Integers come as bigints, because libsql would round those that do not fit a number. */
export function prepare(handle: SqliteHandle, sql: string): Statement {
  const statement = handle.prepare(sql) as Differing
  if (statement.setReadBigInts) statement.setReadBigInts(true)
  else statement.safeIntegers?.(true)
  // libsql takes a lone buffer for an object of names, node:sqlite takes no list.
  const spread = (params: readonly Bound[]): never[] => (statement.setReadBigInts ? params : [params]) as never[]
  return {
    run: (params) => void statement.run(...spread(params)),
    get: (params) => statement.get(...spread(params)) as Record<string, unknown> | undefined,
    rows(params) {
      const iterator = statement.iterate(...spread(params))
      let open = true
      return {
        next() {
          const { done, value } = iterator.next()
          if (done === true) open = false
          return done === true ? undefined : (value as Record<string, unknown>)
        },
        close() {
          if (!open) return
          open = false
          if (iterator.return) iterator.return()
          // libsql has no way to close a cursor but to begin anew, which leaves none open. The statement only reads.
          else statement.get(...spread(params))
        },
      }
    },
  }
}

/** True where running the statement would write: its program asks for a write transaction. */
export function writes(handle: SqliteHandle, sql: string): boolean {
  if (/^\s*explain\b/i.test(sql)) return false
  const program = prepare(handle, `EXPLAIN ${sql}`).rows([])
  let found = false
  for (let step = program.next(); step; step = program.next()) found ||= step.opcode === 'Transaction' && Number(step.p2) !== 0
  return found
}
