import { afterAll, describe, expect, it } from 'vitest'
import { OptionError, toArray } from '@sluice/core'
import { fromQuery } from '@sluice/adapters/postgres'
import { map, take } from '@sluice/operators'
import { manualSink, settle, sourceLaws } from '@sluice/testing'
import { testSchema, type TestSchema } from '../../test/postgres'

const found = await testSchema()
const at = found as TestSchema
afterAll(() => found?.drop())

const BOOM = new Error('boom')
const SERIES = 'SELECT n FROM generate_series(1, $1::int) AS n'
const idle = (): void => { expect(at.pool.idleCount).toBe(at.pool.totalCount) }
/** Waits until a condition of the server holds. */
const until = async (holds: () => Promise<boolean>): Promise<void> => {
  while (!(await holds())) await settle(1)
}

describe.skipIf(!found)('fromQuery', () => {
  for (const batch of [undefined, 3]) {
    for (const { name, run } of sourceLaws({
      name: `fromQuery, batch ${batch ?? 'as asked for'}`,
      make: () => fromQuery<{ n: number }>(at.pool, SERIES, [25], { batch }).pipe(map(({ n }) => n)),
      expected: Array.from({ length: 25 }, (_, i) => i + 1),
    })) it(name, async () => {
      await run()
      idle()
      await until(async () => (await at.busy()) === 0)
    })
  }

  it('A1: gives rows as pg makes them', async () => {
    const sql = `SELECT 1 AS i, 'a' AS t, null AS z, '{"a":[1]}'::jsonb AS j, ARRAY[1,2] AS l, 9007199254740993::int8 AS b, '\\x00ff'::bytea AS y`
    expect(await fromQuery(at.pool, sql).to(toArray()).run()).toEqual([{ i: 1, t: 'a', z: null, j: { a: [1] }, l: [1, 2], b: '9007199254740993', y: Buffer.from([0, 255]) }])
  })

  it('A1: gives many rows, all of them and in order', async () => {
    const rows = await fromQuery<{ n: number }>(at.pool, SERIES, [30_000]).to(toArray()).run()
    expect(rows.map(({ n }) => n)).toEqual(Array.from({ length: 30_000 }, (_, i) => i + 1))
    idle()
  })

  it('a query without rows, and a statement that has none to give, end at once', async () => {
    expect(await fromQuery(at.pool, SERIES, [0]).to(toArray()).run()).toEqual([])
    expect(await fromQuery(at.pool, 'CREATE TABLE nothing (a int)').to(toArray()).run()).toEqual([])
    idle()
  })

  it('A2: the server makes no row that was not asked for', async () => {
    await at.pool.query('CREATE SEQUENCE made; CREATE FUNCTION make(n int) RETURNS int VOLATILE LANGUAGE sql AS $$ SELECT nextval(\'made\')::int $$')
    const made = async (): Promise<number> => Number((await at.pool.query<{ n: string }>('SELECT CASE WHEN is_called THEN last_value ELSE 0 END AS n FROM made')).rows[0]?.n)
    const reader = manualSink<{ made: number }>()
    const run = fromQuery<{ made: number }>(at.pool, 'SELECT make(n) AS made FROM generate_series(1, 100000) AS n').to(reader.sink).run()
    await settle(4)
    expect(at.pool.totalCount - at.pool.idleCount).toBe(0)
    reader.request(3)
    await until(async () => reader.values.length === 3)
    expect(await made()).toBe(3)
    reader.request(4)
    await until(async () => reader.values.length === 7)
    expect(await made()).toBe(7)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    idle()
  })

  it('A2: with a batch, that many are held and no more', async () => {
    await at.pool.query('CREATE SEQUENCE held')
    const reader = manualSink<unknown>()
    const run = fromQuery(at.pool, "SELECT nextval('held') FROM generate_series(1, 100000)", [], { batch: 10 }).to(reader.sink).run()
    reader.request(11)
    await until(async () => reader.values.length === 11)
    expect((await at.pool.query('SELECT last_value::int AS n FROM held')).rows).toEqual([{ n: 20 }])
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    idle()
  })

  it('take closes the cursor and hands the connection back', async () => {
    const pool = at.newPool({ max: 1 })
    for (let i = 0; i < 5; i++) {
      expect(await fromQuery(pool, SERIES, [1_000_000]).pipe(take(2)).to(toArray()).run()).toEqual([{ n: 1 }, { n: 2 }])
    }
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
  })

  it.each(['abort', 'stop'] as const)('A4: %s cancels a query that is running, with a pool of one connection', async (how) => {
    const pool = at.newPool({ max: 1 })
    const run = fromQuery(pool, 'SELECT pg_sleep(60)').to(toArray()).run()
    await until(async () => (await at.busy()) === 1)
    const begin = performance.now()
    if (how === 'abort') {
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
    } else {
      // The query has been asked already, so its answer is awaited until the deadline, and then cancelled.
      expect(await run.stop({ deadlineMs: 200 })).toMatchObject({ status: 'completed', pendingReads: 1, unstopped: ['fromQuery'] })
      expect(await run).toEqual([])
    }
    expect(performance.now() - begin).toBeLessThan(5000)
    if (how === 'abort') expect(run.unstopped).toEqual([])
    expect(run.failure?.suppressed ?? []).toEqual([])
    // The server answers the client before it takes the query off its own list.
    await until(async () => (await at.busy()) === 0)
    // The same connection serves the next one: it was not thrown away, and no cancel is left over for it.
    expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
    expect((await pool.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  })

  it('A4: aborted at any moment it leaves nothing running and no connection taken', async () => {
    for (let turns = 0; turns < 25; turns++) {
      const run = fromQuery(at.pool, SERIES, [1_000_000], { batch: 100 }).to(toArray()).run()
      await settle(turns)
      await run.abort(BOOM)
      await expect(run).rejects.toBe(BOOM)
      expect(run.failure?.suppressed ?? []).toEqual([])
      idle()
    }
    await until(async () => (await at.busy()) === 0)
  })

  it('A4: an abort while it waits for a free connection ends at once; the one that comes late is handed back', async () => {
    const pool = at.newPool({ max: 1 })
    const taken = await pool.connect()
    const run = fromQuery(pool, SERIES, [1]).to(toArray()).run()
    while (pool.waitingCount === 0) await settle(1)
    await run.abort(BOOM)
    await expect(run).rejects.toBe(BOOM)
    expect(run.unstopped).toEqual([])
    taken.release()
    await until(async () => pool.idleCount === 1)
    expect(pool.waitingCount).toBe(0)
  })

  it('A3: a statement that is wrong fails with the error of pg, and the connection is handed back', async () => {
    const run = fromQuery(at.pool, 'SELECT nothing FROM nowhere').to(toArray()).run()
    await expect(run).rejects.toMatchObject({ code: '42P01' })
    expect(run.failure).toMatchObject({ stage: 'fromQuery', suppressed: [] })
    idle()
  })

  it('A3: what fails in the middle fails after the rows before', async () => {
    const rows: unknown[] = []
    await expect((async () => {
      for await (const row of fromQuery(at.pool, 'SELECT 10 / (6 - n) AS q FROM generate_series(1, 10) AS n', [], { batch: 2 })) rows.push(row)
    })()).rejects.toMatchObject({ code: '22012' })
    expect(rows).toEqual([{ q: 2 }, { q: 2 }, { q: 3 }, { q: 5 }])
    idle()
  })

  it('A3: a connection that is cut fails the run, and not the process', async () => {
    for (const sql of [SERIES, 'SELECT pg_sleep($1)']) {
      const pool = at.newPool({ max: 1 })
      const { rows: [backend] } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid')
      const reader = manualSink<unknown>()
      const run = fromQuery(pool, sql, [60]).to(reader.sink).run()
      const failed = expect(run).rejects.toThrow(/terminat|ECONNRESET|EPIPE/)
      reader.request(1)
      await until(async () => sql === SERIES ? reader.values.length === 1 : (await at.busy()) === 1)
      await at.pool.query('SELECT pg_terminate_backend($1)', [backend?.pid])
      reader.request(1)
      await failed
      expect(pool.totalCount).toBe(0)
    }
  })

  it('a client of a transaction stays in it, open, with no listener left', async () => {
    const client = await at.pool.connect()
    const before = client.listenerCount('error')
    await client.query('BEGIN; CREATE TEMP TABLE mine ON COMMIT DROP AS SELECT generate_series(1, 50) AS n')
    const sql = 'SELECT n FROM mine'
    expect(await fromQuery(client, sql, [], { batch: 7 }).to(toArray()).run()).toHaveLength(50)
    expect(await fromQuery(client, sql, [], { batch: 7 }).pipe(take(3)).to(toArray()).run()).toHaveLength(3)
    expect((await client.query(sql)).rows).toHaveLength(50)
    expect(client.listenerCount('error')).toBe(before)
    await client.query('COMMIT')
    client.release()
  })

  it('parameters are parameters', async () => {
    const evil = "'; DROP SCHEMA public; --"
    expect(await fromQuery(at.pool, 'SELECT $1::text AS t', [evil]).to(toArray()).run()).toEqual([{ t: evil }])
    await expect(fromQuery(at.pool, 'SELECT $1::int', []).to(toArray()).run()).rejects.toMatchObject({ code: '08P01' })
    idle()
  })

  it.each([
    () => { fromQuery({} as never, 'SELECT 1') },
    () => { fromQuery(at.pool, ' ') },
    () => { fromQuery(at.pool, 'SELECT $1', 'a' as never) },
    () => { fromQuery(at.pool, 'SELECT 1', [], { batch: 0 }) },
  ])('options that cannot work fail when the pipeline is built (%#)', (build) => {
    expect(build).toThrow(OptionError)
  })
})
