import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deadLetter, forEach, from, OptionError, toArray, type DeadLetter } from '@sluice/core'
import { openSqlite, readCheckpoint, sqliteQuery, sqliteTable, sqliteTables, SqliteSchemaError, type SqliteHandle } from '@sluice/adapters/sqlite'
import { manualSource, settle, trackedSource } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let place: Folder
let file: string
let opened = 0
beforeAll(() => { place = folder() })
afterAll(() => { place.remove() })
const fresh = (): string => (file = place.path(`${opened++}.db`))
const rows = (sql: string, path = file): Promise<unknown[]> => Promise.resolve(sqliteQuery(path, sql).to(toArray()).run()).then((found) => found.map((row) => ({ ...row })))
const withHandle = async (path: string, work: (db: SqliteHandle) => unknown): Promise<void> => {
  const db = await openSqlite(path)
  try {
    await work(db)
  } finally {
    db.close()
  }
}
const numbered = (from_: number, to: number) => Array.from({ length: to - from_ }, (_, i) => ({ id: from_ + i, name: `n${from_ + i}` }))
const columns = { id: 'integer', name: 'text' } as const

describe('sqliteTable', () => {
  it('makes the table that columns describe, and writes batches in transactions of their own', async () => {
    expect(await from(numbered(0, 1234)).to(sqliteTable(fresh(), 't', { columns, batch: 100 })).run()).toMatchObject({ rows: 1234 })
    expect(await rows('SELECT count(*) AS n, min(id) AS low, max(id) AS high, max(name) AS name FROM t')).toEqual([{ n: 1234, low: 0, high: 1233, name: 'n999' }])
    expect(await rows('SELECT sql FROM sqlite_master')).toEqual([{ sql: 'CREATE TABLE "t" ("id" INTEGER NOT NULL, "name" TEXT NOT NULL) STRICT' }])
  })

  it('upsert replaces the row of the same key, also within a statement; insert refuses it', async () => {
    const upsert = sqliteTable<object>(fresh(), 't', { columns, key: ['id'], mode: 'upsert' })
    await from([...numbered(0, 50), { id: 7, name: 'again' }]).to(upsert).run()
    await from([{ id: 8, name: 'later' }]).to(upsert).run()
    expect(await rows("SELECT * FROM t WHERE name NOT LIKE 'n%' ORDER BY id")).toEqual([{ id: 7, name: 'again' }, { id: 8, name: 'later' }])
    await expect(from([{ id: 8, name: 'x' }]).to(sqliteTable<object>(file, 't', { key: ['id'] })).run()).rejects.toThrow(/UNIQUE constraint failed: t\.id/)
  })

  it('a value of the wrong type is a refusal of its row: it goes where onError says, and is named without a policy', async () => {
    const values = [{ id: 1, name: 'a' }, { id: 'two', name: 'b' }, { id: 3, name: 'c' }]
    const letters: unknown[] = []
    const policy = deadLetter(forEach<DeadLetter>((letter) => { letters.push(letter.item) }))
    const run = from<object>(values).to(sqliteTable<object>(fresh(), 't', { columns, onError: policy })).run()
    expect([await run, letters]).toMatchObject([{ rows: 2 }, [values[1]]])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, deadLettered: 1, abandoned: 0 })
    const failing = from<object>(values).to(sqliteTable<object>(fresh(), 't', { columns })).run()
    await expect(failing).rejects.toThrow('TEXT value in INTEGER column')
    expect([failing.failure?.item, failing.stats().totals.failed]).toEqual([values[1], 1])
  })

  it('a row that fails is named, its transaction is rolled back, those before stay, and no ticket lies', async () => {
    const bad = { id: 150, name: null }
    const source = trackedSource([...numbered(0, 150), bad, ...numbered(151, 200)])
    const run = source.source.to(sqliteTable<object>(fresh(), 't', { columns, batch: 100 })).run()
    await expect(run).rejects.toThrow('NOT NULL constraint failed: t.name')
    expect(run.failure).toMatchObject({ stage: 'sqliteTable', item: bad })
    const [{ n } = { n: -1 }] = (await rows('SELECT count(*) AS n FROM t')) as { n: number }[]
    expect(source.statuses.filter((status) => status === 'ack').length).toBe(n)
    expect(source.settlements.every((count) => count === 1)).toBe(true)
  })

  it('holds rows and tickets until the commit; an abort gives both up', async () => {
    const source = trackedSource(numbered(0, 3))
    const probe = manualSource<object>()
    const run = probe.source.to(sqliteTable<object>(fresh(), 't', { columns, batch: 10, withinMs: 60_000 })).run()
    probe.emit(...numbered(0, 3))
    await settle(4)
    await run.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
    expect(await rows('SELECT count(*) AS n FROM t')).toEqual([{ n: 0 }])
    expect(await source.source.to(sqliteTable<object>(file, 't', { columns })).run()).toEqual({ rows: 3, transactions: 1 })
    expect(source.statuses).toEqual(['ack', 'ack', 'ack'])
  })

  it('a batch that does not fill up is committed within its time', async () => {
    const probe = manualSource<object>()
    const run = probe.source.to(sqliteTable<object>(fresh(), 't', { columns, withinMs: 100 })).run()
    probe.emit(...numbered(0, 3))
    await expect.poll(() => rows('SELECT count(*) AS n FROM t').catch(() => []), { timeout: 2000 }).toEqual([{ n: 3 }])
    probe.end()
    expect(await run).toEqual({ rows: 3, transactions: 1 })
  })

  it('waits for a lock without blocking, and gives up after its time', async () => {
    await from(numbered(0, 1)).to(sqliteTable(fresh(), 't', { columns })).run()
    await withHandle(file, async (db) => {
      db.exec('BEGIN IMMEDIATE')
      await expect(from(numbered(1, 2)).to(sqliteTable(file, 't', { columns, busyTimeoutMs: 10 })).run()).rejects.toThrow(/locked/)
      const run = from(numbered(1, 2)).to(sqliteTable(file, 't', { columns })).run()
      await new Promise((resolve) => setTimeout(resolve, 20))
      expect(run.status).toBe('running')
      db.exec('COMMIT')
      expect(await run).toEqual({ rows: 1, transactions: 1 })
    })
  })

  it('names and values may be anything: nothing of them is SQL', async () => {
    const table = 'a"; DROP TABLE b; --'
    const column = '"); SELECT (\''
    const evil = "'); DELETE FROM sqlite_master; --"
    await from([{ [column]: evil }]).to(sqliteTable<object>(fresh(), table, { columns: { [column]: 'text' } })).run()
    expect(await rows('SELECT * FROM "a""; DROP TABLE b; --"')).toEqual([{ [column]: evil }])
  })

  it.each([
    [true, 1], [false, 0], [undefined, null], [2n ** 53n + 1n, 2n ** 53n + 1n], [-(2n ** 63n), -(2n ** 63n)], [Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER],
    [1.5, 1.5], ['', ''], ['ü😀', 'ü😀'], [new Uint8Array([0, 255]), new Uint8Array([0, 255])], [new Uint8Array(0), new Uint8Array(0)],
  ])('%s is kept as it is, or as what it means', async (value, kept) => {
    await from([{ value }]).to(sqliteTable<object>(fresh(), 't', { columns: { value: 'any?' } })).run()
    const [row] = (await rows('SELECT value FROM t')) as { value: unknown }[]
    expect(row?.value instanceof Uint8Array ? new Uint8Array(row.value) : row?.value).toEqual(kept)
  })

  it.each([[NaN, 'NaN'], ['a\0b', 'NUL'], [{}, 'Object'], [new Date(0), 'Date'], [2n ** 63n, '64 bits'], [() => 1, 'function']])('%s is refused by name', async (value, message) => {
    const run = from([{ value }]).to(sqliteTable<object>(fresh(), 't', { columns: { value: 'any?' } })).run()
    await expect(run).rejects.toThrow(new RegExp(`column "value" cannot hold .*${message}`))
    expect(run.failure?.item).toEqual({ value })
  })
})

describe('the schema', () => {
  it.each([
    [{}, 'is missing'], [{ columns: ['id', 'nam'] }, 'has no column "nam"; it has "id", "name"'], [{ columns: ['id'] }, 'needs a value for "name"'],
    [{ columns: { id: 'text', name: 'text' } }, 'has "id" as INTEGER, expected TEXT'], [{ columns: { id: 'integer', name: 'text?' } }, 'has "name" as NOT NULL, expected text?'],
  ] as const)('%j is found out before the first row: %s', async (options, message) => {
    await from(numbered(0, 1)).to(sqliteTable(fresh(), 'other', { columns })).run()
    const run = manualSource<object>().source.to(sqliteTable<object>(file, message === 'is missing' ? 'none' : 'other', options)).run()
    await expect(run).rejects.toThrow(SqliteSchemaError)
    await expect(run).rejects.toThrow(message)
  })

  it('columns of a table that exists need no naming, defaults may be left out', async () => {
    await withHandle(fresh(), (db) => db.exec("CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT NOT NULL DEFAULT 'now', twice AS (id * 2))"))
    await from(numbered(1, 3)).to(sqliteTable<object>(file, 't', { columns: ['id', 'name'] })).run()
    expect(await rows('SELECT * FROM t')).toEqual([{ id: 1, name: 'n1', at: 'now', twice: 2 }, { id: 2, name: 'n2', at: 'now', twice: 4 }])
  })
})

describe('sqliteTables', () => {
  it('writes all rows of a value or none, with the checkpoint', async () => {
    const tables = { orders: { columns: { id: 'integer' }, key: ['id'] }, lines: { columns: { order: 'integer', item: 'text' } } } as const
    const order = (id: number, item: string | null) => ({ orders: [{ id }], lines: [{ order: id, item: 'tea' }, { order: id, item }] })
    const checkpoint = { name: 'import', of: (value: ReturnType<typeof order>) => value.orders[0]?.id }
    const sink = sqliteTables<'orders' | 'lines', ReturnType<typeof order>>(fresh(), tables, { batch: 3, checkpoint })
    expect(await readCheckpoint(file, 'import')).toBe(undefined)
    const probe = manualSource<ReturnType<typeof order>>()
    const run = probe.source.to(sink).run()
    probe.emit(order(1, 'milk'))
    await expect.poll(() => readCheckpoint(file, 'import')).toBe(1)
    probe.emit(order(2, null))
    await expect(run).rejects.toThrow('NOT NULL constraint failed: lines.item')
    expect(await rows('SELECT id FROM orders')).toEqual([{ id: 1 }])
    expect(await rows('SELECT * FROM lines')).toEqual([{ order: 1, item: 'tea' }, { order: 1, item: 'milk' }])
    expect(await readCheckpoint(file, 'import')).toBe(1)
    expect(await readCheckpoint(file, 'other')).toBe(undefined)
  })

  it('a table nobody named is a failure', async () => {
    const sink = sqliteTables<'t', object>(fresh(), { t: { columns } }, { rows: (value) => value })
    await expect(from([{ u: [] }]).to(sink).run()).rejects.toThrow('sqliteTables: no table "u" was named; there are t')
  })
})

it.each([
  [() => sqliteTable('', 't'), 'database'], [() => sqliteTable(':memory:', 't'), 'openSqlite'], [() => sqliteTable('x.db', ''), 'table must be a name'],
  [() => sqliteTable('x.db', 't', { columns: { a: 'varchar' as never } }), 'columns.a must be one of integer'], [() => sqliteTable('x.db', 't', { columns: {} }), 'at least one column'],
  [() => sqliteTable('x.db', 't', { mode: 'upsert' }), "key must be a list of columns; 'upsert' needs one"], [() => sqliteTable('x.db', 't', { columns, key: ['x'] }), 'key must be one of the columns id, name'],
  [() => sqliteTable('x.db', 't', { batch: 0 }), 'batch'], [() => sqliteTable('x.db', 't', { withinMs: -1 }), 'withinMs'], [() => sqliteTables('x.db', {}), 'tables'],
  [() => sqliteTable('x.db', 't', { checkpoint: { name: '', of: () => 1 } }), 'checkpoint.name'], [() => sqliteQuery('x.db', ' '), 'sql'],
  [() => sqliteQuery('x.db', 'SELECT ?', [NaN]), 'params[0]'], [() => sqliteTable('x.db', 't', { mode: 'replace' as never }), 'mode'],
])('%s is refused when it is built', (build, message) => {
  expect(build).toThrow(OptionError)
  expect(build).toThrow(message)
})
