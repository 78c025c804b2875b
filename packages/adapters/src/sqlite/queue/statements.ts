import type { SqliteHandle } from '../handle'
import { prepare, type Statement } from '../statement'
import type { Tables } from './tables'

/** The statements of one queue, prepared once for a connection. All integers in them fit a number. */
export type Statements = ReturnType<typeof prepareAll>

/** @throws Error where the tables are not there. */
export function prepareAll(handle: SqliteHandle, { items, keys, dead, facts }: Tables) {
  const made = (sql: string): Statement => prepare(handle, sql, false)
  const taken = 'RETURNING id, body, prio, attempts, headers'
  return {
    fact: made(`SELECT value FROM ${facts} WHERE name = ?`),
    setFact: made(`UPDATE ${facts} SET value = ? WHERE name = ?`),
    grow: made(`UPDATE ${facts} SET value = value + ? WHERE name = 'size'`),
    insert: made(`INSERT INTO ${items} (body, prio, due, ord, headers) VALUES (?, ?, ?, ?, ?) RETURNING id`),
    keyOf: made(`SELECT id FROM ${keys} WHERE key = ? AND until > ?`),
    setKey: made(`INSERT INTO ${keys} (key, id, until) VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE SET id = excluded.id, until = excluded.until`),
    forgetKeys: made(`DELETE FROM ${keys} WHERE key IN (SELECT key FROM ${keys} WHERE until <= ? ORDER BY until LIMIT ?)`),
    /** An item whose holder has said nothing: one more attempt, and one more that nobody can explain. */
    expire: made(`UPDATE ${items} SET lease = 0, token = NULL, attempts = attempts + 1, lost = lost + 1 WHERE lease > 0 AND lease <= ?`),
    comeDue: made(`UPDATE ${items} SET due = 0 WHERE due > 0 AND due <= ?`),
    next: made(`SELECT id, lost FROM ${items} WHERE lease = 0 AND due = 0 ORDER BY prio, id LIMIT ?`),
    /** Only the first one of each key, and only where none of its key is out or later. */
    nextByKey: made(`SELECT id, lost FROM ${items} AS item WHERE lease = 0 AND due = 0 AND (ord IS NULL OR NOT EXISTS
      (SELECT 1 FROM ${items} AS before WHERE before.ord = item.ord AND before.id < item.id)) ORDER BY prio, id LIMIT ?`),
    lease: made(`UPDATE ${items} SET lease = ?, token = ? WHERE id IN (SELECT value FROM json_each(?)) ${taken}`),
    ack: made(`DELETE FROM ${items} WHERE id = ? AND token = ?`),
    extend: made(`UPDATE ${items} SET lease = ? WHERE id = ? AND token = ?`),
    giveBack: made(`UPDATE ${items} SET lease = 0, token = NULL WHERE id = ? AND token = ?`),
    nack: made(`UPDATE ${items} SET lease = 0, token = NULL, attempts = attempts + 1, lost = 0, due = ? WHERE id = ? AND token = ?`),
    die: made(`INSERT INTO ${dead} (id, body, attempts, reason, at, prio, ord, headers) SELECT id, body, attempts, ?, ?, prio, ord, headers FROM ${items} WHERE id = ? AND token = ?`),
    anyReady: made(`SELECT 1 AS ready FROM ${items} WHERE lease = 0 AND due = 0 LIMIT 1`),
    nextDue: made(`SELECT min(due) AS due FROM ${items} WHERE due > 0`),
    nextLease: made(`SELECT min(lease) AS lease FROM ${items} WHERE lease > 0`),
    leased: made(`SELECT count(*) AS count FROM ${items} WHERE lease > 0`),
    dead: made(`SELECT count(*) AS count FROM ${dead}`),
    deadFrom: made(`SELECT * FROM ${dead} WHERE id > ? ORDER BY id LIMIT ?`),
    revive: made(`INSERT INTO ${items} (body, prio, due, ord, headers) SELECT body, prio, 0, ord, headers FROM ${dead} WHERE ?1 IS NULL OR id IN (SELECT value FROM json_each(?1)) ORDER BY id`),
    purge: made(`DELETE FROM ${dead} WHERE ?1 IS NULL OR id IN (SELECT value FROM json_each(?1))`),
    version: made('PRAGMA data_version'),
    freeLeases: made(`UPDATE ${items} SET lease = 0, token = NULL, attempts = attempts + 1, lost = lost + 1 WHERE lease > 0`),
  }
}
