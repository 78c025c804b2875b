import { existsSync } from 'node:fs'
import { OptionError } from '@sluice/core'
import { callable, declare, filledText, knownIn, rule } from '@sluice/core/authoring'
import { connect, databaseRule, type SqliteDatabase, type SqliteHandle } from './handle'
import { prepare } from './statement'

const READ_CHECKPOINT = /* @__PURE__ */ declare('readCheckpoint', () => ({ args: { database: databaseRule(), name: filledText('a name') } }))

/** Where a pipeline is, written in the transaction of the rows that brought it there. */
export interface SqliteCheckpoint<T> {
  /** Of the pipeline: each has its own in the table `sluice_checkpoints`. */
  readonly name: string
  /** What to go on from once this value is written: anything JSON has. Undefined: go on from where it was before. */
  readonly of: (value: T) => unknown
}

const CREATE = 'CREATE TABLE IF NOT EXISTS sluice_checkpoints (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT'
const WRITE = 'INSERT INTO sluice_checkpoints (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value'

/** A checkpoint, as an option; {@link checkCheckpoint} looks inside. */
export const checkpointRule = () => rule<SqliteCheckpoint<never>>('an object with name and of', (value) => typeof value === 'object' && value !== null).maybe()

/** Checked when the pipeline is built. */
export function checkCheckpoint<T>(owner: string, checkpoint: SqliteCheckpoint<T> | undefined): void {
  if (checkpoint === undefined) return
  knownIn(owner, 'checkpoint', checkpoint, ['name', 'of'])
  const { name, of } = checkpoint
  if (typeof name !== 'string' || name === '') throw new OptionError(owner, 'checkpoint.name', name, 'a name')
  callable(owner, 'checkpoint.of', of)
}

/** Makes the table and answers how to write to it. */
export function checkpointWriter(handle: SqliteHandle, name: string): (value: unknown) => void {
  handle.exec(CREATE)
  const statement = prepare(handle, WRITE)
  return (value) => { statement.run([name, JSON.stringify(value)]) }
}

/**
 * Reads the checkpoint that a sink has written: where to go on.
 *
 * @param database a path, or an open database.
 * @param name as given to the sink's `checkpoint`.
 * @returns what was written last, or undefined where nothing was, or there is no such file or table yet.
 * @throws OptionError where an argument is wrong.
 *
 * @example
 * ```ts
 * const at = (await readCheckpoint('orders.db', 'import')) as number | undefined
 * ```
 */
export async function readCheckpoint(database: SqliteDatabase, name: string): Promise<unknown> {
  READ_CHECKPOINT.read(undefined, { database, name })
  // Opening would make it.
  if (typeof database === 'string' && !existsSync(database)) return undefined
  const { handle, owned } = await connect(database)
  try {
    const known = prepare(handle, "SELECT 1 FROM sqlite_master WHERE name = 'sluice_checkpoints'").get([])
    const found = known && prepare(handle, 'SELECT value FROM sluice_checkpoints WHERE name = ?').get([name])
    return found && (JSON.parse(found.value as string) as unknown)
  } finally {
    if (owned) handle.close()
  }
}
