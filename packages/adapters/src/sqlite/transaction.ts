import { coded } from '@sluice/core/authoring'
import { SqliteValueError } from './column-value'
import type { SqliteDatabase, SqliteHandle } from './handle'

/** Does `work` in a transaction, all of it or nothing. No turn of the event loop passes in between, so nobody else gets in. */
export function transaction(handle: SqliteHandle, work: () => void): void {
  handle.exec('BEGIN IMMEDIATE')
  try {
    work()
    handle.exec('COMMIT')
  } catch (error) {
    try {
      handle.exec('ROLLBACK')
    } catch {
      // SQLite has rolled it back itself, as it does when the disk is full.
    }
    throw error
  }
}

/** False where it is known that no transaction is open any more: a trigger can end one. */
export function isOpen(handle: SqliteHandle): boolean {
  const { inTransaction, isTransaction } = handle as { readonly inTransaction?: boolean; readonly isTransaction?: boolean }
  return (inTransaction ?? isTransaction) !== false
}

const BUSY = 5
/** Error, too big, constraint, mismatch, range. Not: disk full, unreadable, read-only, out of memory, locked. */
const REFUSALS: ReadonlySet<number> = new Set([1, 18, 19, 20, 25])
const CODES: Readonly<Record<string, number>> = { SQLITE_BUSY: BUSY, SQLITE_ERROR: 1, SQLITE_TOOBIG: 18, SQLITE_CONSTRAINT: 19, SQLITE_MISMATCH: 20, SQLITE_RANGE: 25 }

/** True where another connection holds the lock, so that trying again may help. */
export function isBusy(error: unknown): boolean {
  return resultCode(error) === BUSY
}

/** True where a row was not taken because of what is in it: another row may well be. */
export function isRefusal(error: unknown): boolean {
  if (error instanceof SqliteValueError) return true
  const code = resultCode(error)
  // A table or column that has gone takes no row at all.
  return code !== undefined && REFUSALS.has(code) && !/no such |has no column|syntax error/.test((error as Error).message)
}

/** The result code of SQLite, without what extended codes add. */
function resultCode(error: unknown): number | undefined {
  const { code: given, sqliteCode: code = given, rawCode, errcode = rawCode } = (error ?? {}) as Record<'code' | 'sqliteCode' | 'rawCode' | 'errcode', unknown>
  // Extended codes have the plain one in their last byte, or at the start of their name. libsql has no name for some of them, such as
  // the one for a text in an integer column, but their number.
  if (typeof errcode === 'number') return errcode & 255
  return typeof code === 'string' ? CODES[/^SQLITE_[A-Z]+/.exec(code)?.[0] ?? ''] : undefined
}

/** An error of the library with the file that it is about: "disk I/O error" alone helps nobody. The library's code is `sqliteCode`. */
export function ofFile(owner: string, database: SqliteDatabase, error: unknown): unknown {
  if (typeof database !== 'string' || !(error instanceof Error) || error.message.includes(database)) return error
  const { code, rawCode, errcode = rawCode } = error as Partial<Record<'code' | 'rawCode' | 'errcode', unknown>>
  if (typeof errcode !== 'number' && !String(code).startsWith('SQLITE')) return error
  return Object.assign(coded('SLUICE_SQLITE', new Error(`${owner}: ${database}: ${error.message}`, { cause: error })), { sqliteCode: code, errcode })
}
