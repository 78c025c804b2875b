import { existsSync } from 'node:fs'
import { declare } from '@sluice/core/authoring'
import { connect, databaseRule, type SqliteDatabase } from '../handle'
import { prepare } from '../statement'
import { ofFile } from '../transaction'

const SQLITE_QUEUES = /* @__PURE__ */ declare('sqliteQueues', () => ({ args: { database: databaseRule() } }))

/**
 * The names of the queues in a file, in their order; none where there is no such file. Makes nothing.
 *
 * @param database a path, or an open database.
 * @throws OptionError where the database is none. Rejects where the file cannot be read.
 *
 * @example
 * ```ts
 * import { sqliteQueues } from '@sluice/adapters/sqlite'
 *
 * for (const name of await sqliteQueues('jobs.db')) console.log(name)
 * ```
 */
export async function sqliteQueues(database: SqliteDatabase): Promise<readonly string[]> {
  SQLITE_QUEUES.read(undefined, { database })
  if (typeof database === 'string' && !existsSync(database)) return []
  const { handle, owned } = await connect(database)
  try {
    const rows = prepare(handle, "SELECT name FROM sqlite_master WHERE type = 'table' AND name GLOB 'sluice.*.items' ORDER BY name").all([])
    return rows.map(({ name }) => (name as string).slice('sluice.'.length, -'.items'.length))
  } catch (error) {
    throw ofFile('sqliteQueues', database, error)
  } finally {
    if (owned) handle.close()
  }
}
