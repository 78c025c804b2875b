import { coded, declare, filledText, flagged, rule } from '@sluice/core/authoring'

const OPEN_SQLITE = /* @__PURE__ */ declare('openSqlite', () => ({ args: { path: filledText('the path of a file, or \':memory:\'') }, options: { wal: flagged } }))

/** A prepared statement, as far as it is needed here. */
export interface SqliteStatement {
  run(...params: never[]): unknown
  get(...params: never[]): unknown
  all(...params: never[]): unknown
  iterate(...params: never[]): Iterator<unknown>
}

/** An open database: a `DatabaseSync` of `node:sqlite`, or a `Database` of `libsql`. */
export interface SqliteHandle {
  exec(sql: string): unknown
  prepare(sql: string): SqliteStatement
  close(): unknown
}

/** A path, opened by each run and closed at its end; or an open database, which stays open. */
export type SqliteDatabase = string | SqliteHandle

/** A database as one run has it. */
export interface Connection {
  readonly handle: SqliteHandle
  /** True where the run opened it, so nobody else reads or writes through it. */
  readonly owned: boolean
}

/** Options of {@link openSqlite}. */
export interface OpenSqliteOptions {
  /** True: switches the file to a write-ahead log, where readers and the writer do not wait for each other. Default: as it is. */
  readonly wal?: boolean | undefined
}

/**
 * Opens a database file, and makes it where there is none: with `node:sqlite` where Node has it (22.13 and newer), else
 * with the package `libsql`.
 *
 * @param path of the file, or `':memory:'`.
 * @param options `wal` (default: what the file says).
 * @throws OptionError where an option is wrong; Error that names the path where it cannot be opened, or the package where it is needed and missing.
 *
 * @example
 * ```ts
 * const db = await openSqlite('orders.db', { wal: true })
 * await from([{ id: 1 }]).to(sqliteTable(db, 'orders', { columns: { id: 'integer' } })).run()
 * db.close()
 * ```
 */
export async function openSqlite(path: string, options: OpenSqliteOptions = {}): Promise<SqliteHandle> {
  const { wal } = OPEN_SQLITE.read(options, { path })
  const open = builtIn() ?? (await library())
  let handle: SqliteHandle
  try {
    handle = open(path)
  } catch (error) {
    throw coded('SLUICE_SQLITE', new Error(`openSqlite: cannot open ${path}: ${(error as Error).message}`, { cause: error }))
  }
  if (wal) {
    // NORMAL loses no consistency with a log: a power cut may undo the last transactions, a killed process none.
    handle.exec('PRAGMA journal_mode = WAL')
    handle.exec('PRAGMA synchronous = NORMAL')
  }
  return handle
}

/** The database of one run. */
export async function connect(database: SqliteDatabase): Promise<Connection> {
  return typeof database === 'string' ? { handle: await openSqlite(database), owned: true } : { handle: database, owned: false }
}

/** A database, as an argument. */
export const databaseRule = () => rule<SqliteDatabase>('the path of a file, or an open database: one in memory is opened with openSqlite', (database) => {
  if (typeof database === 'string') return database !== '' && database !== ':memory:'
  const { exec, prepare } = (typeof database === 'object' ? database ?? {} : {}) as Partial<SqliteHandle>
  return typeof exec === 'function' && typeof prepare === 'function'
})

interface BuiltIn {
  readonly DatabaseSync: new (path: string) => SqliteHandle
}

function builtIn(): ((path: string) => SqliteHandle) | undefined {
  const load = (process as { getBuiltinModule?: (name: string) => unknown }).getBuiltinModule
  const sqlite = load?.('node:sqlite') as BuiltIn | undefined
  return sqlite && ((path) => new sqlite.DatabaseSync(path))
}

async function library(): Promise<(path: string) => SqliteHandle> {
  try {
    const { default: Database } = await import('libsql')
    return (path) => new Database(path)
  } catch (error) {
    throw coded('SLUICE_PLATFORM', new Error('sqlite needs Node 22.13 or newer, or the package libsql: npm install libsql', { cause: error }))
  }
}
