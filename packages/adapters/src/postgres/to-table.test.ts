import { deserialize, serialize } from 'node:v8'
import { afterAll, describe, expect, it } from 'vitest'
import { deadLetter, forEach, from, OptionError, range, retry, toArray } from '@sluice/core'
import { fromQuery, PostgresTableError, PostgresValueError, toTable, type TableMode } from '@sluice/adapters/postgres'
import { map, mapAsync } from '@sluice/operators'
import { manualSource, settle, sinkLaws, trackedSource } from '@sluice/testing'
import { passageLaws } from '../../test/passage-laws'
import { testSchema, type TestSchema } from '../../test/postgres'

const found = await testSchema()
const at = found as TestSchema
afterAll(() => found?.drop())

const BOOM = new Error('boom')
const MODES: readonly TableMode[] = ['copy', 'insert', 'upsert']
const keyed = (mode: TableMode) => ({ mode, ...(mode === 'upsert' && { key: ['id'] }) })
let tables = 0
/** A table of a test's own: answers its name. */
const table = async (columns: string): Promise<string> => {
  const name = `t${++tables}`
  await at.pool.query(`CREATE TABLE ${name} (${columns})`)
  return name
}
/** What the law suite writes to; its values are looked at by the suite below it. */
const lawTable = found ? await table('id bigint, value jsonb, PRIMARY KEY (id)') : ''
let lawRows = 0
const ids = async (name: string): Promise<number[]> => (await at.pool.query<{ id: number }>(`SELECT id FROM ${name} ORDER BY id`)).rows.map(({ id }) => id)
const idle = (): void => { expect(at.pool.idleCount).toBe(at.pool.totalCount) }
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await settle(1)
}

describe.skipIf(!found)('toTable', () => {
  for (const mode of MODES) {
    for (const transaction of ['run', 'batch'] as const) {
      const name = lawTable
      const columns = { id: () => ++lawRows, value: (row: unknown) => row }
      for (const { name: law, run } of sinkLaws({
        name: `toTable, ${mode}, a transaction for each ${transaction}`,
        make: () => toTable<never>(at.pool, name, { columns, transaction, ...keyed(mode) }),
        expected: (values) => ({ table: `"${name}"`, rows: values.length }),
      })) it(law, async () => {
        await run()
        idle()
        await until(async () => (await at.busy()) === 0)
      })
    }
    for (const { name, run } of passageLaws({
      name: `toTable, ${mode}, and fromQuery`,
      inTurn: true,
      async open() {
        const name = await table('id serial PRIMARY KEY, value text')
        let next = 0
        return {
          sink: toTable<never>(at.pool, name, { columns: { id: () => ++next, value: (row) => serialize(row).toString('base64') }, ...keyed(mode) }),
          source: fromQuery<{ value: string }>(at.pool, `SELECT value FROM ${name} ORDER BY id`)
            .pipe(map(({ value }): unknown => deserialize(Buffer.from(value, 'base64')))),
          held: () => at.pool.totalCount - at.pool.idleCount,
        }
      },
    })) it(name, run)
  }

  const TYPES = `id int PRIMARY KEY, t text, v varchar(20), c char(5), b boolean, n numeric(20,4), f float8, big int8, y bytea, j json, jb jsonb,
    ts timestamp, tz timestamptz, d date, l int[], tl text[], jl jsonb[], ml int[][], yl bytea[], u uuid, iv interval, p point, e text[]`
  const nothing = { t: null, v: null, c: null, b: null, n: null, f: null, big: null, y: null, j: null, jb: null, ts: null, tz: null, d: null, l: null, tl: null, jl: null, ml: null, yl: null, u: null, iv: null, p: null, e: null }
  const row = {
    id: 1, t: 'tab\t line\n return\r back\\slash \\N \\. "quotes" \'single\' ü 🙂 \b\f\v $1 {a,b}', v: '\\.', c: 'ab   ', b: false, n: '1234567890123456.7891', f: -0.1, big: 9007199254740993n,
    y: Buffer.from([0, 1, 9, 10, 13, 92, 255]), j: [1, 'two', { three: "\t\n\\" }], jb: 'a text', ts: new Date(2024, 1, 29, 12, 34, 56, 789), tz: new Date('2024-07-01T00:00:00.001Z'),
    d: new Date(2024, 11, 31), l: [1, null, 3], tl: ['a,b', 'NULL', '', '"q"', '\\', '{}', '\n\t', null], jl: [{ a: 1 }, 'x', [1]], ml: [[1, 2], [3, 4]], yl: [Buffer.from([92, 34])],
    u: '123e4567-e89b-12d3-a456-426614174000', iv: { toPostgres: () => '1 day 02:00:00' }, p: { x: 1.5, y: -2 }, e: [],
  }
  it.each(MODES)('A6: %s: values of every type come back as they went in', async (mode) => {
    const name = await table(TYPES)
    const columns = Object.keys(row) as (keyof typeof row)[]
    await from([row, { ...nothing, id: 2 }, { id: 3 }] as (typeof row)[]).to(toTable(at.pool, name, { columns, ...keyed(mode) })).run()
    const [one, two, three] = await fromQuery(at.pool, `SELECT * FROM ${name} ORDER BY id`).to(toArray()).run()
    expect(one).toMatchObject({ ...row, big: String(row.big), iv: { days: 1, hours: 2 } })
    expect(two).toEqual({ ...nothing, id: 2 })
    expect(three).toEqual({ ...nothing, id: 3 })
  })

  it('A6: dates keep their wall clock and their moment in every time zone, and far years are years', async () => {
    const before = process.env.TZ
    try {
      for (const zone of ['America/New_York', 'Asia/Kolkata', 'Pacific/Auckland']) {
        process.env.TZ = zone
        const name = await table('ts timestamp, tz timestamptz, d date')
        const pool = at.newPool()
        const dates = [new Date(2024, 5, 1, 0, 30), new Date(1950, 0, 1), new Date(12024, 0, 1)].map((date) => ({ ts: date, tz: date, d: new Date(date.getFullYear(), date.getMonth(), date.getDate()) }))
        await from(dates).to(toTable(pool, name, { columns: ['ts', 'tz', 'd'] })).run()
        expect(await fromQuery(pool, `SELECT * FROM ${name} ORDER BY ts`).to(toArray()).run()).toEqual([dates[1], dates[0], dates[2]])
      }
    } finally {
      process.env.TZ = before
    }
    const name = await table('id int, tz timestamptz')
    const bc = new Date(Date.UTC(0, 2, 1, 12))
    bc.setUTCFullYear(-43)
    await from([{ id: 1, tz: bc }]).to(toTable(at.pool, name, { columns: ['id', 'tz'] })).run()
    expect((await at.pool.query(`SELECT to_char(tz AT TIME ZONE 'UTC', 'YYYY-MM-DD BC') AS text FROM ${name}`)).rows).toEqual([{ text: '0044-03-01 BC' }])
  })

  it('columns that are left out get their defaults, and a function says where a value comes from', async () => {
    const name = await table('id int, doc jsonb, at int DEFAULT 7')
    await from([{ a: 1 }, { a: 2 }]).to(toTable<{ a: number }>(at.pool, [at.schema, name], { columns: { id: ({ a }) => a, doc: (row) => row } })).run()
    expect((await at.pool.query(`SELECT * FROM ${name} ORDER BY id`)).rows).toEqual([{ id: 1, doc: { a: 1 }, at: 7 }, { id: 2, doc: { a: 2 }, at: 7 }])
  })

  it('names are quoted, whatever is in them', async () => {
    const evil = 'a"; DROP TABLE x; --'
    const odd = 'Odd.Name"'
    await at.pool.query(`CREATE TABLE "Odd.Name""" ("a""; DROP TABLE x; --" int PRIMARY KEY, "Select" text)`)
    for (const mode of MODES) {
      const key = mode === 'upsert' ? { key: [evil] } : {}
      await from([{ [evil]: MODES.indexOf(mode), Select: 's' }]).to(toTable<Record<string, unknown>>(at.pool, [at.schema, odd], { columns: [evil, 'Select'], mode, ...key })).run()
    }
    expect((await at.pool.query('SELECT count(*)::int AS n FROM "Odd.Name"""')).rows).toEqual([{ n: 3 }])
  })

  it('upsert changes rows that are there, takes the last of doubles, and leaves what update does not name', async () => {
    const name = await table('id int, part text, a int, b int, PRIMARY KEY (id, part)')
    const rows = (factor: number) => [1, 2, 1].map((id, i) => ({ id, part: 'x', a: factor * i, b: factor * i }))
    const columns = ['id', 'part', 'a', 'b'] as const
    expect(await from(rows(1)).to(toTable(at.pool, name, { columns, mode: 'upsert', key: ['part', 'id'] })).run()).toEqual({ table: `"${name}"`, rows: 2 })
    await from(rows(10)).to(toTable(at.pool, name, { columns, mode: 'upsert', key: ['id', 'part'], update: ['b'] })).run()
    expect((await at.pool.query(`SELECT * FROM ${name} ORDER BY id`)).rows).toEqual([{ id: 1, part: 'x', a: 2, b: 20 }, { id: 2, part: 'x', a: 1, b: 10 }])
    expect(await from([...rows(7), { id: 3, part: 'x', a: 3, b: 3 }]).to(toTable(at.pool, name, { columns, mode: 'upsert', key: ['id', 'part'], update: [] })).run()).toMatchObject({ rows: 1 })
  })

  it.each(MODES)('A1: %s: many rows, more than one statement takes parameters', async (mode) => {
    const name = await table('id int PRIMARY KEY, text text')
    const written = await range(0, 40_000).pipe(map((id) => ({ id, text: `row ${id}` }))).to(toTable(at.pool, name, { columns: ['id', 'text'], batch: 20_000, ...keyed(mode) })).run()
    expect(written.rows).toBe(40_000)
    expect((await at.pool.query(`SELECT count(*)::int AS n, sum(id)::int AS sum FROM ${name}`)).rows).toEqual([{ n: 40_000, sum: 799_980_000 }])
  })

  it.each(MODES)('A2: %s: while the server is busy, no more is read than two batches', async (mode) => {
    const name = await table('id int PRIMARY KEY')
    const blocker = await at.pool.connect()
    await blocker.query(`BEGIN; LOCK TABLE ${name} IN ACCESS EXCLUSIVE MODE`)
    const pool = at.newPool({ max: 1 })
    let read = 0
    // The lock is met by the first statement, the check of the table needs none.
    const run = range(0).pipe(map((id) => { read++; return { id, pad: 'x' } })).to(toTable(pool, name, { columns: ['id'], batch: 10, ...keyed(mode) })).run()
    await until(async () => (await at.pool.query("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND application_name = $1", [at.schema])).rowCount === 1)
    await settle(10)
    expect(read).toBeLessThanOrEqual(20)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(run.unstopped).toEqual([])
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
    await blocker.query('ROLLBACK')
    blocker.release()
    expect(await ids(name)).toEqual([])
  })

  it.each(MODES)('A2: %s: a source that fails leaves no row', async (mode) => {
    const name = await table('id int PRIMARY KEY')
    const probe = manualSource<{ id: number }>()
    const run = probe.source.to(toTable(at.pool, name, { columns: ['id'], ...keyed(mode) })).run()
    probe.emit(...Array.from({ length: 500 }, (_, id) => ({ id })))
    await until(async () => (await at.busy()) > 0)
    probe.fail(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(run.failure?.suppressed).toEqual([])
    expect(await ids(name)).toEqual([])
    idle()
  })

  it.each(MODES)('A3: %s: a row that the server refuses fails the run and leaves no row', async (mode) => {
    const name = await table('id int PRIMARY KEY, n int CHECK (n < 400)')
    const run = range(0, 5000).pipe(map((id) => ({ id, n: id }))).to(toTable(at.pool, name, { columns: ['id', 'n'], batch: 100, ...keyed(mode) })).run()
    await expect(run).rejects.toMatchObject({ code: '23514' })
    expect(run.failure).toMatchObject({ stage: 'toTable', suppressed: [] })
    expect(await ids(name)).toEqual([])
    idle()
    await until(async () => (await at.busy()) === 0)
  })

  it('A3: with a transaction for each batch, batches before the failure stay', async () => {
    const name = await table('id int PRIMARY KEY CHECK (id < 250)')
    const run = range(0, 1000).pipe(map((id) => ({ id }))).to(toTable(at.pool, name, { columns: ['id'], batch: 1, transaction: 'batch' })).run()
    await expect(run).rejects.toMatchObject({ code: '23514' })
    expect(await ids(name)).toEqual(Array.from({ length: 250 }, (_, i) => i))
    idle()
  })

  it.each([
    [{ id: 1, t: 'a\0b' }, 'column t cannot hold "a\\u0000b": a text with a zero byte'],
    [{ id: 1, t: 'smile \ud83d' }, 'column t cannot hold "smile \\ud83d": a text with half a character'],
    [{ id: 1, t: () => {} }, 'column t cannot hold a function: a function'],
    [{ id: { a: 1 }, t: '' }, 'column id cannot hold Object: an object for a column of type int4'],
    [{ id: [1], t: '' }, 'column id cannot hold Array: an array for a column of type int4'],
    [{ id: new Date(NaN), t: '' }, 'column id cannot hold Date: an invalid Date'],
  ])('A3: a value that cannot be written names column and row (%#)', async (bad, message) => {
    const name = await table('id int, t text')
    const run = from([{ id: 0, t: 'good' }, bad] as never[]).to(toTable<never>(at.pool, name, { columns: ['id', 't'] as never })).run()
    await expect(run).rejects.toThrow(PostgresValueError)
    await expect(run).rejects.toThrow(message)
    expect(run.failure?.item).toBe(bad)
    expect(await ids(name)).toEqual([])
    idle()
  })

  describe.each(MODES)('A19: a row that is refused goes where onError says, %s', (mode) => {
    it.each(['run', 'batch'] as const)('and the others are written, with a transaction for each %s', async (transaction) => {
      const name = await table('id int PRIMARY KEY CHECK (id <> 13), t varchar(5) NOT NULL')
      const rows = Array.from({ length: 60 }, (_, id) => ({ id, t: id === 7 ? 'a\0b' : id === 20 ? 'too long' : id === 59 ? null : `t${id}` }))
      const bad = [7, 13, 20, 59]
      const letters: unknown[] = []
      const onError = deadLetter<object>(forEach(({ item }) => { letters.push(item) }))
      const tracked = trackedSource(rows)
      const run = tracked.source.to(toTable<object>(at.pool, name, { columns: ['id', 't'] as never, batch: 25, transaction, onError, ...keyed(mode) })).run()
      expect(await run).toMatchObject({ rows: 56 })
      expect(await ids(name)).toEqual(rows.map(({ id }) => id).filter((id) => !bad.includes(id)))
      expect(letters).toEqual(bad.map((id) => rows[id]))
      expect(run.stats().totals).toMatchObject({ read: 60, delivered: 56, deadLettered: 4, failed: 0, abandoned: 0 })
      expect(tracked.settlements).toEqual(Array(60).fill(1))
      idle()
    })

    it('tries are counted, and what fails for good takes all back', async () => {
      const name = await table('id int PRIMARY KEY CHECK (id <> 3)')
      const attempts: number[] = []
      const onError = retry<{ id: number }>({ times: 2, delayMs: 1, then: (_error, _item, attempt) => {
        attempts.push(attempt)
        return 'fail'
      } })
      const run = range(0, 6).pipe(map((id) => ({ id }))).to(toTable(at.pool, name, { columns: ['id'], onError, ...keyed(mode) })).run()
      await expect(run).rejects.toMatchObject({ code: '23514' })
      expect(run.failure?.item).toEqual({ id: 3 })
      expect(attempts).toEqual([3])
      expect(await ids(name)).toEqual([])
      idle()
    })
  })

  it('A3: a table that cannot take the rows fails before the first row, and says what is missing', async () => {
    const name = await table('id int PRIMARY KEY, must text NOT NULL, twice int GENERATED ALWAYS AS (id * 2) STORED')
    const tries: [Parameters<typeof toTable<Record<string, unknown>>>[2], RegExp][] = [
      [{ columns: ['id', 'who', 'why'] }, /has no column who, why; it has id, must, twice/],
      [{ columns: ['id'] }, /wants a value for must/],
      [{ columns: ['id', 'must', 'twice'] }, /computes twice itself/],
      [{ columns: ['id', 'must'], mode: 'upsert', key: ['must'] }, /has no unique index or primary key on must; it has one on id/],
    ]
    for (const [options, message] of tries) {
      const probe = manualSource<Record<string, unknown>>()
      const run = probe.source.to(toTable(at.pool, name, options)).run()
      await expect(run).rejects.toThrow(message)
      await expect(run).rejects.toThrow(PostgresTableError)
    }
    await expect(from([{ id: 1 }]).to(toTable(at.pool, 'nowhere.table', { columns: ['id'] })).run()).rejects.toThrow(/"nowhere"."table": there is no such table/)
    idle()
  })

  it.each(MODES)('A3: %s: a connection that is cut fails the run at once, though nothing is being written, and not the process', async (mode) => {
    const name = await table('id int PRIMARY KEY')
    const pool = at.newPool({ max: 1 })
    const { rows: [backend] } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
    const probe = manualSource<{ id: number }>()
    const run = probe.source.to(toTable(pool, name, { columns: ['id'], ...keyed(mode) })).run()
    const failed = expect(run).rejects.toThrow(/terminat|ECONNRESET|EPIPE/)
    probe.emit({ id: 1 })
    await until(async () => (await at.pool.query("SELECT 1 FROM pg_stat_activity WHERE pid = $1 AND wait_event = 'ClientRead' AND (state = 'idle in transaction' OR query LIKE 'COPY%')", [backend?.pid])).rowCount === 1)
    await at.pool.query('SELECT pg_terminate_backend($1)', [backend?.pid])
    await failed
    expect(await ids(name)).toEqual([])
    expect(pool.totalCount).toBe(0)
  })

  it.each(MODES)('A4: %s: aborted at any moment, nothing stays, runs on or is taken', async (mode) => {
    const name = await table('id int PRIMARY KEY')
    for (let turns = 0; turns < 25; turns++) {
      const run = range(0).pipe(map((id) => ({ id }))).to(toTable(at.pool, name, { columns: ['id'], batch: 50, ...keyed(mode) })).run()
      await settle(turns)
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
      expect(run.failure?.suppressed ?? []).toEqual([])
      expect(run.unstopped).toEqual([])
      idle()
    }
    await until(async () => (await at.busy()) === 0)
    expect(await ids(name)).toEqual([])
  })

  it('A8: a stop commits what was written', async () => {
    const name = await table('id int PRIMARY KEY')
    const run = range(0).pipe(map((id) => ({ id })), mapAsync(async (row) => { await settle(1); return row }, { concurrency: 4 })).to(toTable(at.pool, name, { columns: ['id'] })).run()
    await until(async () => (await at.busy()) === 1)
    expect((await run.stop()).status).toBe('completed')
    const { rows } = await run
    expect(await ids(name)).toEqual(Array.from({ length: rows }, (_, i) => i))
  })

  it('T1: tickets are acknowledged when their rows are committed, and given back where they are not', async () => {
    const name = await table('id int PRIMARY KEY CHECK (id < 4)')
    for (const transaction of ['run', 'batch'] as const) {
      await at.pool.query(`TRUNCATE ${name}`)
      const tracked = trackedSource([1, 2, 3, 4])
      const run = tracked.source.pipe(map((id) => ({ id }))).to(toTable(at.pool, name, { columns: ['id'], batch: 1, transaction })).run()
      await expect(run).rejects.toMatchObject({ code: '23514' })
      expect(tracked.statuses).toEqual(transaction === 'run' ? ['nack', 'nack', 'nack', 'nack'] : ['ack', 'ack', 'ack', 'nack'])
      expect(tracked.settlements).toEqual([1, 1, 1, 1])
    }
  })

  it.each(MODES)('%s in a transaction of a client is a part of it', async (mode) => {
    const name = await table('id int PRIMARY KEY CHECK (id < 10)')
    const client = await at.pool.connect()
    await client.query(`BEGIN; INSERT INTO ${name} VALUES (0)`)
    const write = (rows: number[]) => from(rows.map((id) => ({ id }))).to(toTable(client, name, { columns: ['id'], ...keyed(mode) })).run()
    await write([1, 2])
    await expect(write([3, 99])).rejects.toMatchObject({ code: '23514' })
    await write([4])
    expect(await ids(name)).toEqual([])
    await client.query('COMMIT')
    client.release()
    expect(await ids(name)).toEqual([0, 1, 2, 4])
  })

  it.each([
    () => { toTable({} as never, 't', { columns: ['a'] as never }) },
    () => { toTable(at.pool, '', { columns: ['a'] as never }) },
    () => { toTable(at.pool, 'a.b.c', { columns: ['a'] as never }) },
    () => { toTable(at.pool, 't', { columns: [] }) },
    () => { toTable(at.pool, 't', { columns: ['a', 'a'] as never }) },
    () => { toTable(at.pool, 't', { columns: { a: 1 } as never }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, mode: 'merge' as never }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, mode: 'upsert' }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, key: ['a'] }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, mode: 'upsert', key: ['b'] }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, batch: 0 }) },
    () => { toTable(at.pool, 't', { columns: ['a'] as never, transaction: 'none' as never }) },
  ])('options that cannot work fail when the pipeline is built (%#)', (build) => {
    expect(build).toThrow(OptionError)
  })
})
