import { afterAll, describe, expect, it } from 'vitest'
import { from } from '@sluice/core'
import { PostgresTableError, toTable } from '@sluice/adapters/postgres'
import { testSchema, type TestSchema } from '../../test/postgres'

const found = await testSchema()
const at = found as TestSchema
afterAll(() => found?.drop())

describe.skipIf(!found)('toTable, with a client whose type parsers are the user\'s', () => {
  it.each([
    ['leave every value a text', () => (text: string): unknown => text],
    ['throw', () => (): never => { throw new Error('not this one') }],
  ])('looks a table up as with any other client where they %s', async (_, getTypeParser) => {
    await at.pool.query('DROP TABLE IF EXISTS own; CREATE TABLE own (id int, part int, tags text[], note text, PRIMARY KEY (id, part))')
    const pool = at.newPool({ max: 1, types: { getTypeParser } })
    const row = { id: 1, part: 2, tags: ['a', 'b,c'], note: 'n' }
    const columns = ['id', 'part', 'tags', 'note'] as const
    expect(await from([row]).to(toTable(pool, 'own', { columns, mode: 'upsert', key: ['part', 'id'] })).run()).toEqual({ table: '"own"', rows: 1 })
    expect((await at.pool.query('SELECT * FROM own')).rows).toEqual([row])
    const noKey = from([row]).to(toTable(pool, 'own', { columns, mode: 'upsert', key: ['id'] })).run()
    await expect(noKey).rejects.toThrow('"own": has no unique index or primary key on id; it has one on id + part')
    const lacking = from([{ id: 1 }]).to(toTable(pool, 'own', { columns: ['id'] })).run()
    await expect(lacking).rejects.toBeInstanceOf(PostgresTableError)
    await expect(lacking).rejects.toThrow('wants a value for part')
  })
})
