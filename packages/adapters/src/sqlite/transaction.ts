import type { SqliteHandle } from './handle'

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

/** True where another connection holds the lock, so that trying again may help. */
export function isBusy(error: unknown): boolean {
  const { code, errcode } = (error ?? {}) as { readonly code?: unknown; readonly errcode?: unknown }
  // Extended codes have the plain one in their last byte.
  return (typeof code === 'string' && code.startsWith('SQLITE_BUSY')) || (typeof errcode === 'number' && (errcode & 255) === 5)
}
