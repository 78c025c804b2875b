import { writeFileSync } from 'node:fs'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { deadLetter, forEach, from, range, retry, toArray, type DeadLetter } from '@sluice/core'
import { openSqlite, readCheckpoint, sqliteQuery, sqliteTable, sqliteTables, type SqliteHandle, type SqliteType } from '@sluice/adapters/sqlite'
import { map } from '@sluice/operators'
import { trackedSource } from '@sluice/testing'
import { folder, type Folder } from '../../test/folder'

let place: Folder
let opened = 0
beforeAll(() => { place = folder() })
afterAll(() => { place.remove() })
const fresh = (): string => place.path(`${opened++}.db`)
const rows = async (db: string | SqliteHandle, sql: string): Promise<unknown[]> => (await sqliteQuery(db, sql).to(toArray()).run()).map((row) => ({ ...row }))
const collect = (into: DeadLetter[]) => deadLetter(forEach<DeadLetter>((letter) => { into.push(letter) }))

const strange = fc.oneof(
  fc.double(), fc.integer(), fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }), fc.boolean(), fc.string({ unit: 'binary' }),
  fc.integer().map(String), fc.double().map(String), fc.bigInt().map(String), fc.constantFrom('007', '1e5', ' 42', '42 ', '+1', '-0', '.5', '5.', '1.50', '12345678901234567.5', '0.10', '9223372036854775808', '', 'NaN', 'Infinity'),
  fc.constantFrom(94107, 0.1 + 0.2, 1e21, -1e-7, 2 ** 53, Infinity, 2n ** 53n + 1n),
)
/** What is read for what was written, where nothing was changed: a text of a number is that number in a column of numbers. */
function same(given: unknown, found: unknown, type: string): boolean {
  if (typeof given === 'boolean') return found === Number(given)
  if (/text/i.test(type)) return found === String(given)
  if (typeof given === 'string' && typeof found !== 'string') return Number(given) === Number(found) && (String(found) === given || /^-?(0|[1-9]\d*)(\.\d+)?$/.test(given))
  return typeof given === 'string' ? found === given : given == found
}

it('A14: a value is read as it was written, or refused with table and column, whatever the type of the column', async () => {
  const db = await openSqlite(':memory:')
  for (const [index, type] of ['TEXT', 'INTEGER', 'REAL', 'BLOB', 'VARCHAR(9)', 'DECIMAL(9, 2)', 'ANY', ''].entries()) db.exec(`CREATE TABLE plain${index} (value ${type})`)
  const types = ['text', 'integer', 'real', 'any'] as const satisfies readonly SqliteType[]
  const plain = ['text', 'integer', 'real', 'blob', 'text', 'numeric', 'numeric', 'blob']
  await fc.assert(fc.asyncProperty(strange, async (value) => {
    for (const [index, type] of [...plain.entries(), ...types.map((type) => [type, type] as const)]) {
      const table = typeof index === 'number' ? `plain${index}` : `strict_${index}`
      db.exec(`DROP TABLE IF EXISTS "strict_${type}"`)
      const failed = await from([{ value }]).to(sqliteTable<object>(db, table, typeof index === 'number' ? {} : { columns: { value: type } })).run()
        .then(() => undefined, (error: unknown) => error as Error)
      if (failed) {
        expect(failed.message).toMatch(new RegExp(`"${table}", column "value" cannot hold|${table}\\.value`))
        continue
      }
      const [{ value: found } = { value: undefined }] = (await rows(db, `SELECT value FROM "${table}"`)) as { value: unknown }[]
      expect({ type, value, found, same: same(value, found, type) }).toMatchObject({ same: true })
      if (typeof index === 'number') db.exec(`DELETE FROM ${table}`)
    }
  }), { numRuns: 60 })
  db.close()
}, 30_000)

it.each([
  ['text', 94107, '94107'], ['text', 0.1 + 0.2, '0.30000000000000004'], ['text', 1e21, '1e+21'], ['text', 2n ** 60n, '1152921504606846976'],
  ['integer', '42', 42], ['real', '1.50', 1.5], ['any', 94107, 94107], ['integer', true, 1],
] as const)('A14: a column of %s makes of %s what it means', async (type, value, kept) => {
  const file = fresh()
  await from([{ value }]).to(sqliteTable<object>(file, 't', { columns: { value: type } })).run()
  expect(await rows(file, 'SELECT value FROM t')).toEqual([{ value: kept }])
  expect(await rows(file, "SELECT value || '' AS text FROM t")).toEqual([{ text: String(kept) }])
})

it.each([
  ['text', 'smile \ud83d', 'half a character'], ['text', 'a\0b', 'NUL'], ['text', true, 'a truth value'], ['integer', '007', 'SQLite would make 7 of it'],
  ['real', 2n ** 53n + 1n, 'SQLite would make 9007199254740992 of it'], ['real', '1e5', 'SQLite would make 100000 of it'], ['real', NaN, 'NULL'],
] as const)('A14, A18: a column of %s refuses %s, with table, column and value', async (type, value, message) => {
  const run = from([{ value }]).to(sqliteTable<object>(fresh(), 't', { columns: { value: type } })).run()
  await expect(run).rejects.toMatchObject({ name: 'SqliteValueError', table: 't', column: 'value', value })
  await expect(run).rejects.toThrow(message)
  expect(run.failure?.item).toEqual({ value })
})

it('A18: what is no database is named', async () => {
  const file = fresh()
  writeFileSync(file, 'this is no database at all'.repeat(100))
  await expect(from([{ id: 1 }]).to(sqliteTable(file, 't', { columns: { id: 'integer' }, onError: 'skip' })).run()).rejects.toThrow(`sqliteTable: ${file}: file is not a database`)
  await expect(sqliteQuery(file, 'SELECT 1 FROM t').to(toArray()).run()).rejects.toThrow(`sqliteQuery: ${file}: file is not a database`)
})

it('A14: a number of a query finds the text it was written as', async () => {
  const file = fresh()
  await from([{ zip: 94107 }]).to(sqliteTable(file, 't', { columns: { zip: 'text' } })).run()
  expect(await sqliteQuery(file, 'SELECT zip FROM t WHERE zip = ?', [94107]).to(toArray()).run()).toHaveLength(1)
  expect(() => sqliteQuery(file, 'SELECT ?', ['\ud83d'])).toThrow('half a character')
})

describe('A19: a value that the table refuses goes where onError says', () => {
  const columns = { id: 'integer', name: 'text' } as const
  const bad = new Set([0, 31, 32, 77, 99])
  const items = Array.from({ length: 100 }, (_, id) => ({ id: id === 77 ? 76 : id, name: id === 0 ? null : id === 31 ? 'a\0' : id === 99 ? 3.5 : `n${id}` }))
  items[32] = 'no row' as never
  const left = items.filter((_, id) => !bad.has(id) || id === 99)

  it.each([1, 7, 500])('and the others are written, in batches of %i', async (batch) => {
    const file = fresh()
    const letters: DeadLetter[] = []
    const tracked = trackedSource(items)
    const run = tracked.source.to(sqliteTable<object>(file, 't', { columns, key: ['id'], batch, onError: collect(letters), checkpoint: { name: 'at', of: (item: { id?: number }) => item.id } })).run()
    expect(await run).toMatchObject({ rows: 96 })
    expect(await rows(file, 'SELECT * FROM t ORDER BY id')).toEqual(left.map(({ id, name }) => ({ id, name: String(name) })))
    expect(letters.map(({ item }) => item)).toEqual(expect.arrayContaining([items[0], items[31], items[32], items[77]]))
    expect(letters).toHaveLength(4)
    expect(run.stats().totals).toMatchObject({ read: 100, delivered: 96, deadLettered: 4, failed: 0, abandoned: 0 })
    expect(tracked.settlements).toEqual(Array(100).fill(1))
    expect(await readCheckpoint(file, 'at')).toBe(99)
  })

  it('skip, retry and a function of the error decide as everywhere; attempts are counted', async () => {
    const file = fresh()
    const attempts: number[] = []
    const onError = retry<object>({ times: 2, delayMs: 1, then: (error, _item, attempt) => {
      attempts.push(attempt)
      return (error as Error).message.includes('NOT NULL') ? 'skip' : 'fail'
    } })
    const run = from([{ id: 1, name: 'a' }, { id: 2, name: null }, { id: 3, name: 'c' }]).to(sqliteTable<object>(file, 't', { columns, onError })).run()
    expect(await run).toMatchObject({ rows: 2, transactions: 1 })
    expect(attempts).toEqual([3])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, skipped: 1 })
    const failing = from([{ id: 4, name: 'a' }, { id: 5, name: '\0' }]).to(sqliteTable<object>(file, 't', { columns, onError })).run()
    await expect(failing).rejects.toThrow('column "name" cannot hold')
    expect(failing.failure?.item).toEqual({ id: 5, name: '\0' })
    expect(failing.stats().totals).toMatchObject({ read: 2, delivered: 0, failed: 1, abandoned: 1 })
    expect(await rows(file, 'SELECT id FROM t')).toEqual([{ id: 1 }, { id: 3 }])
  })

  it('a value of several rows is left out with all of them, and takes no other one along', async () => {
    const file = fresh()
    const shop = sqliteTables(file, { orders: { columns: { id: 'integer' }, key: ['id'] }, lines: { columns: { order: 'integer', item: 'text' }, key: ['order', 'item'] } }, { onError: 'skip' })
    const run = from([
      // Its second line is refused, so its order is none, and the order behind it of the same number is fine.
      { orders: [{ id: 1 }], lines: [{ order: 1, item: 'tea' }, { order: 1, item: '\0' }] },
      { orders: [{ id: 1 }], lines: [{ order: 1, item: 'tea' }] },
      { orders: [{ id: 2 }], lines: [{ order: 1, item: 'tea' }] },
      { orders: [{ id: 3 }] },
    ]).to(shop).run()
    expect(await run).toMatchObject({ rows: 3 })
    expect(await rows(file, 'SELECT id FROM orders')).toEqual([{ id: 1 }, { id: 3 }])
    expect(run.stats().totals).toMatchObject({ read: 4, delivered: 2, skipped: 2 })
  })

  it('a table that has gone is no fault of a row, nor is a trigger that ends the transaction a way round it', async () => {
    const db = await openSqlite(fresh())
    db.exec("CREATE TABLE t (id INTEGER); CREATE TRIGGER stop BEFORE INSERT ON t WHEN new.id = 3 BEGIN SELECT raise(ROLLBACK, 'no threes'); END")
    const skipping = sqliteTable<object>(db, 't', { onError: 'skip', batch: 10 })
    expect(await range(0, 10).pipe(map((id) => ({ id }))).to(skipping).run()).toMatchObject({ rows: 9 })
    expect(await rows(db, 'SELECT count(*) AS n FROM t')).toEqual([{ n: 9 }])
    const gone = from([1, 2]).pipe(map((id) => {
      if (id === 2) db.exec('DROP TABLE t')
      return { id }
    })).to(sqliteTable<object>(db, 't', { onError: 'skip' })).run()
    await expect(gone).rejects.toThrow('no such table')
    db.close()
  })

  it('an abort while a dead letter is being written ends it', async () => {
    const stuck = deadLetter(forEach<DeadLetter>((_, { signal }) => new Promise((resolve) => { signal.addEventListener('abort', () => { resolve(undefined) }) })))
    const run = from([{ id: 1, name: '\0' }]).to(sqliteTable<object>(fresh(), 't', { columns, onError: stuck })).run()
    await new Promise((resolve) => setTimeout(resolve, 30))
    await run.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
  })
})
