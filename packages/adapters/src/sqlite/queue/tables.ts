import { coded } from '@sluice/core/authoring'
import type { SqliteHandle } from '../handle'
import { prepare } from '../statement'
import { quoted } from '../table-columns'
import { transaction } from '../transaction'

/** Of the tables below. A file that another version has written is refused. */
const FORMAT = 1

/** The names of the tables of one queue. */
export interface Tables {
  readonly items: string
  readonly keys: string
  readonly dead: string
  readonly facts: string
}

/** Quoted, for statements. */
export function tablesOf(queue: string): Tables {
  // With dots, which no name of a queue has: a queue `a_dead` is not in the way of the dead letters of `a`.
  const named = (what: string): string => quoted(`sluice.${queue}.${what}`)
  return { items: named('items'), keys: named('keys'), dead: named('dead'), facts: named('facts') }
}

/**
 * Makes the tables of a queue where there are none.
 *
 * ```text
 *   items   id ─ body ─ prio ─ due ─ lease ─ token ─ attempts ─ lost ─ ord ─ headers
 *             ready: due = 0 and lease = 0      the index holds ready items only, or a take would walk over all that are out
 *             later: due > 0                    wall time, in ms
 *             out:   lease > 0                  the time of the host's clock at which it is over, in ms
 *   keys    key ─ id ─ until                    what was put within the window of dedup
 *   dead    id ─ body ─ attempts ─ reason ─ at
 *   facts   format, size, sealed, boot, keyed
 * ```
 *
 * Invariant: `size` is the number of items, kept in the transactions that change it: to count them would take longer the more there are.
 *
 * @throws Error where the tables are of another version.
 */
export function makeTables(handle: SqliteHandle, queue: string, { items, keys, dead, facts }: Tables): void {
  const index = (what: string): string => quoted(`sluice.${queue}.by_${what}`)
  transaction(handle, () => {
    handle.exec(`CREATE TABLE IF NOT EXISTS ${facts} (name TEXT PRIMARY KEY NOT NULL, value) WITHOUT ROWID`)
    const known = prepare(handle, `SELECT value FROM ${facts} WHERE name = 'format'`, false).get([])?.['value'] as number | undefined
    if (known !== undefined && known !== FORMAT) throw coded('SLUICE_SQLITE', new Error(`sqliteQueue '${queue}': the queue in this file has format ${known}, and this version of sluice writes format ${FORMAT}. Empty the queue with the version that wrote it`))
    if (known === FORMAT) return
    handle.exec(`
      CREATE TABLE ${items} (id INTEGER PRIMARY KEY AUTOINCREMENT, body BLOB NOT NULL, prio REAL NOT NULL, due INTEGER NOT NULL, lease INTEGER NOT NULL DEFAULT 0,
        token TEXT, attempts INTEGER NOT NULL DEFAULT 1, lost INTEGER NOT NULL DEFAULT 0, ord TEXT, headers TEXT);
      CREATE INDEX ${index('turn')} ON ${items} (prio, id) WHERE lease = 0 AND due = 0;
      CREATE INDEX ${index('due')} ON ${items} (due) WHERE due > 0;
      CREATE INDEX ${index('lease')} ON ${items} (lease) WHERE lease > 0;
      CREATE INDEX ${index('ord')} ON ${items} (ord, id) WHERE ord IS NOT NULL;
      CREATE TABLE ${keys} (key TEXT PRIMARY KEY NOT NULL, id INTEGER NOT NULL, until INTEGER NOT NULL) WITHOUT ROWID;
      CREATE INDEX ${index('until')} ON ${keys} (until);
      CREATE TABLE ${dead} (id INTEGER PRIMARY KEY, body BLOB NOT NULL, attempts INTEGER NOT NULL, reason TEXT NOT NULL, at INTEGER NOT NULL, prio REAL NOT NULL, ord TEXT, headers TEXT);
      INSERT INTO ${facts} VALUES ('size', 0), ('sealed', 0), ('keyed', 0), ('boot', ''), ('format', ${FORMAT});
    `)
  })
}
