import { afterAll, beforeAll, expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { openSqlite, sqliteQuery, sqliteTable, type SqliteHandle } from '@sluice/adapters/sqlite'
import { manualSink, settle } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let place: Folder
let file: string
beforeAll(async () => {
  place = folder()
  file = place.path('q.db')
  await from(Array.from({ length: 1000 }, (_, id) => ({ id }))).to(sqliteTable(file, 't', { columns: { id: 'integer' } })).run()
})
afterAll(() => { place.remove() })
/** True where another connection may write, so that no cursor is left open. */
const writable = async (): Promise<boolean> => {
  const other = await openSqlite(file)
  try {
    other.exec('BEGIN EXCLUSIVE')
    other.exec('ROLLBACK')
    return true
  } catch {
    return false
  } finally {
    other.close()
  }
}

it('steps the query only as rows are wanted', async () => {
  const db = await openSqlite(file)
  const reader = manualSink<{ id: number }>()
  const run = sqliteQuery<{ id: number }>(db, 'SELECT id FROM t ORDER BY id').to(reader.sink).run()
  reader.request(2)
  await reader.expectNext({ id: 0 }, { id: 1 })
  await settle(2)
  expect(run.stats().stages[0]?.out).toBe(2)
  expect(await writable()).toBe(false)
  await run.abort(new Error('enough'))
  expect(await writable()).toBe(true)
  db.close()
})

it.each(['a path', 'an open database'])('lets go of the cursor when it is left in the middle: %s', async (what) => {
  const db: SqliteHandle | undefined = what === 'a path' ? undefined : await openSqlite(file)
  for (const sql of ['SELECT id FROM t', 'SELECT id FROM t ORDER BY id DESC']) {
    for await (const row of sqliteQuery(db ?? file, sql)) {
      expect(row).toHaveProperty('id')
      break
    }
    expect(await writable()).toBe(true)
  }
  db?.close()
})

it('binds values, whatever is in them', async () => {
  const evil = "' OR 1=1; --"
  expect(await sqliteQuery(file, 'SELECT count(*) AS n, ? AS evil, ? AS bytes FROM t WHERE id > ?', [evil, new Uint8Array([1]), 989]).to(toArray()).run())
    .toMatchObject([{ n: 10, evil, bytes: new Uint8Array([1]) }])
})

it('a failure in the middle comes after the rows before it', async () => {
  const reader = manualSink<unknown>()
  const run = sqliteQuery(file, 'SELECT CASE WHEN id < 150 THEN id ELSE abs(-9223372036854775808) END AS id FROM t ORDER BY rowid').to(reader.sink).run()
  reader.request(1000)
  await expect(run).rejects.toThrow('integer overflow')
  expect(run.failure?.stage).toBe('sqliteQuery')
  expect(await writable()).toBe(true)
})

it.each([['SELEC 1', /syntax error/], ['SELECT * FROM nowhere', /no such table: nowhere/], ['INSERT INTO t VALUES (1) RETURNING id', /this statement writes/], ['DELETE FROM t', /this statement writes/]])('%s is refused', async (sql, message) => {
  await expect(sqliteQuery(file, sql).to(toArray()).run()).rejects.toThrow(message)
  expect(await sqliteQuery(file, 'SELECT count(*) AS n FROM t').to(toArray()).run()).toMatchObject([{ n: 1000 }])
})

it('a file that is no database, or cannot be made, is named', async () => {
  await expect(sqliteQuery(place.path('no/such/folder.db'), 'SELECT 1').to(toArray()).run()).rejects.toThrow(/openSqlite: cannot open .*folder\.db/)
})
