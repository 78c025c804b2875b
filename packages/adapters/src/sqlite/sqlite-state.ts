import { resolve } from 'node:path'
import type { StateChange, StateStore, StoredState } from '@sluice/core/durable'
import { declare } from '@sluice/core/authoring'
import { connect, databaseRule, type SqliteDatabase, type SqliteHandle } from './handle'
import { locked, patiently } from './queue/locked'
import { prepare, type Statement } from './statement'
import { ofFile } from './transaction'

const SQLITE_STATE = /* @__PURE__ */ declare('sqliteState', () => ({ args: { database: databaseRule() } }))
const TABLE = 'sluice_state'
/** Keys whose time is over are forgotten little by little, with each write. */
const FORGOTTEN_AT_ONCE = 32

/** A store of state that can be closed. */
export interface SqliteState extends StateStore {
  /** Closes the file; what is under way is finished. A database that was given stays open. */
  close(): Promise<void>
}

interface Open {
  readonly handle: SqliteHandle
  readonly read: Statement
  readonly set: Statement
  readonly remove: Statement
  readonly forget: Statement
}

class SqliteStateStore implements SqliteState {
  readonly #database: SqliteDatabase
  #open: Promise<Open> | undefined

  constructor(database: SqliteDatabase) {
    this.#database = database
  }

  async read(key: string): Promise<StoredState | undefined> {
    const { read } = await this.#opened()
    return stateAt(read, key)
  }

  async write(changes: readonly StateChange[]): Promise<boolean> {
    const { handle, read, set, remove, forget } = await this.#opened()
    try {
      return await locked(handle, () => {
        if (changes.some(({ key, onlyIf }) => onlyIf !== undefined && onlyIf !== (stateAt(read, key)?.revision ?? 0))) return false
        for (const { key, value, ttlMs } of changes) {
          if (value === undefined) remove.run([key])
          else set.run([key, value, ttlMs === undefined ? null : Math.ceil(Date.now() + ttlMs)])
        }
        forget.run([Date.now(), FORGOTTEN_AT_ONCE])
        return true
      })
    } catch (error) {
      throw ofFile('sqliteState', this.#database, error)
    }
  }

  async close(): Promise<void> {
    const open = this.#open
    this.#open = undefined
    if (open !== undefined && typeof this.#database === 'string') (await open).handle.close()
  }

  #opened(): Promise<Open> {
    return (this.#open ??= this.#connect().catch((error: unknown) => {
      this.#open = undefined
      throw ofFile('sqliteState', this.#database, error)
    }))
  }

  async #connect(): Promise<Open> {
    const { handle, owned } = await connect(typeof this.#database === 'string' ? resolve(this.#database) : this.#database)
    try {
      await patiently(() => {
        if (owned) handle.exec('PRAGMA busy_timeout = 0; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL')
        // A revision is never given twice, also after its key was deleted: AUTOINCREMENT.
        handle.exec(`CREATE TABLE IF NOT EXISTS ${TABLE} (revision INTEGER PRIMARY KEY AUTOINCREMENT, key TEXT NOT NULL UNIQUE, value BLOB NOT NULL, until INTEGER);
          CREATE INDEX IF NOT EXISTS ${TABLE}_by_until ON ${TABLE} (until) WHERE until IS NOT NULL`)
      })
      return {
        handle,
        read: prepare(handle, `SELECT revision, value FROM ${TABLE} WHERE key = ? AND (until IS NULL OR until > ?)`, false),
        set: prepare(handle, `INSERT OR REPLACE INTO ${TABLE} (key, value, until) VALUES (?, ?, ?)`, false),
        remove: prepare(handle, `DELETE FROM ${TABLE} WHERE key = ?`, false),
        forget: prepare(handle, `DELETE FROM ${TABLE} WHERE revision IN (SELECT revision FROM ${TABLE} WHERE until <= ? ORDER BY until LIMIT ?)`, false),
      }
    } catch (error) {
      if (owned) handle.close()
      throw error
    }
  }
}

function stateAt(read: Statement, key: string): StoredState | undefined {
  const row = read.get([key, Date.now()])
  if (row === undefined) return undefined
  const { revision, value } = row
  return { revision: revision as number, value: value instanceof ArrayBuffer ? new Uint8Array(value) : (value as Uint8Array) }
}

/**
 * A store of small state in a SQLite file: for `bookmark` and `remember`. Several processes may share the file, and queues may stand in it as well.
 *
 * @param database a path, opened when it is first needed; or an open database, which stays open.
 * @returns the store; `close()` lets go of the file.
 * @throws OptionError where the database is none. Its verbs reject with what SQLite fails with.
 *
 * @example
 * ```ts
 * import { forEach, range } from 'sluice'
 * import { bookmark } from '@sluice/core/durable'
 * import { sqliteState } from '@sluice/adapters/sqlite'
 *
 * const store = sqliteState('state.db')
 * const numbers = bookmark((from: number | undefined) => range((from ?? 0) + 1, 100), { name: 'numbers', of: (n: number) => n, store })
 * await numbers.to(forEach((n) => { console.log(n) })).run()
 * await store.close()
 * ```
 */
export function sqliteState(database: SqliteDatabase): SqliteState {
  SQLITE_STATE.read(undefined, { database })
  return new SqliteStateStore(database)
}
