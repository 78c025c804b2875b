import { deserialize, serialize } from 'node:v8'
import { afterAll, beforeAll, describe, it } from 'vitest'
import { from } from '@sluice/core'
import { mapping } from '@sluice/core/authoring'
import { openSqlite, sqliteQuery, sqliteTable, sqliteTables, type SqliteHandle } from '@sluice/adapters/sqlite'
import { sinkLaws, sourceLaws } from '@sluice/testing'
import { encoding } from '../../test/encoding'
import { folder, type Folder } from '../../test/folder'
import { passageLaws } from '../../test/passage-laws'

const columns = { value: 'blob' } as const
const toRow = (value: unknown): { value: Uint8Array } => ({ value: serialize(value) })
const toValue = () => mapping<{ value: Uint8Array }, unknown>('decode', () => ({ value }) => deserialize(value) as unknown)

describe('between a table and a query', () => {
  const bridges = {
    'sqliteTable and sqliteQuery': (path: string) => sqliteTable<object>(path, 't', { columns }),
    'sqliteTable, some rows at a time': (path: string) => sqliteTable<object>(path, 't', { columns, batch: 50 }),
  }
  for (const [name, sink] of Object.entries(bridges)) {
    for (const law of passageLaws({
      name,
      inTurn: true,
      open() {
        const { path, names, remove } = folder()
        const file = path('t.db')
        return {
          sink: encoding(sink(file), toRow),
          source: sqliteQuery<{ value: Uint8Array }>(file, 'SELECT value FROM t ORDER BY rowid').pipe(toValue()),
          // libsql leaves the file to the garbage collector, so what is counted are journals.
          held: () => names().filter((found) => found !== 't.db').length,
          close: remove,
        }
      },
    })) it(law.name, law.run)
  }
})

describe('under law', () => {
  let place: Folder
  let db: SqliteHandle
  let opened = 0
  beforeAll(async () => {
    place = folder()
    db = await openSqlite(place.path('shared.db'), { wal: true })
    await from(Array.from({ length: 300 }, (_, i) => ({ i }))).to(sqliteTable(db, 'numbers', { columns: { i: 'integer' } })).run()
  })
  afterAll(() => {
    db.close()
    place.remove()
  })
  const numbers = (database: () => string | SqliteHandle) => () => sqliteQuery(database(), 'SELECT i FROM numbers WHERE i < ? ORDER BY i', [5]).pipe(mapping('i', () => ({ i }) => i))
  const entries = [
    { name: 'sqliteQuery of a path', make: () => numbers(() => place.path('shared.db'))(), expected: [0, 1, 2, 3, 4] },
    { name: 'sqliteQuery of an open database', make: () => numbers(() => db)(), expected: [0, 1, 2, 3, 4] },
  ]
  for (const entry of entries) for (const { name, run } of sourceLaws(entry)) it(name, run)

  const written = (values: readonly unknown[]) => ({ rows: values.length, transactions: values.length > 0 ? 1 : 0 })
  const once = { batch: 1000, withinMs: 60_000 }
  const sinks = [
    { name: 'sqliteTable', make: () => encoding(sqliteTable<object>(place.path(`${opened++ % 4}.db`), 't', { columns, ...once }), toRow), expected: written },
    { name: 'sqliteTables of an open database', make: () => encoding(sqliteTables<'t', object>(db, { t: { columns } }, { rows: (row) => ({ t: [row] }), ...once }), toRow), expected: written },
  ]
  for (const entry of sinks) for (const { name, run } of sinkLaws(entry)) it(name, run)
})
