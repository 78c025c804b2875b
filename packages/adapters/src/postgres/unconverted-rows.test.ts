import pg from 'pg'
import { afterAll, describe, expect, it } from 'vitest'
import { deadLetter, forEach, retry, toArray, type DeadLetter, type OnError } from '@sluice/core'
import { fromQuery, PostgresRowError, type QueriedRow } from '@sluice/adapters/postgres'
import { manualSink, settle } from '@sluice/testing'
import { testSchema, type TestSchema } from '../../test/postgres'

const found = await testSchema()
const at = found as TestSchema
afterAll(() => found?.drop())

interface Row { readonly n: number; readonly t: string }

const { INT4, TEXT } = pg.types.builtins
const SQL = `SELECT n, 'row ' || n AS t FROM generate_series(1, $1::int) AS n`
const LATER: OnError<QueriedRow> = retry({ times: 3, delayMs: 60_000, jitter: 0 })
/** A pool of one connection whose parser of integers is `parse`. */
const poolWith = (parse: (text: string) => unknown, getTypeParser = (oid: unknown) => (oid === INT4 ? parse : (text: string) => text)) => {
  return at.newPool({ max: 1, types: { getTypeParser } })
}
const refusing = (...bad: number[]) => (text: string): number => {
  if (bad.includes(Number(text))) throw new Error(`no ${text}`)
  return Number(text)
}
/** The connection is whole, and in the pool: the next statement is answered. */
const isWhole = async (pool: ReturnType<typeof poolWith>): Promise<void> => {
  expect([pool.totalCount, pool.idleCount]).toEqual([1, 1])
  expect((await pool.query("SELECT 'one' AS t")).rows).toEqual([{ t: 'one' }])
}

describe.skipIf(!found)('fromQuery, rows that a type parser throws at', () => {
  it.each([undefined, 2, 100])('A3: fail the run and not the process, after the rows before, with batch %s', async (batch) => {
    const pool = poolWith(refusing(3))
    const got: Row[] = []
    const run = fromQuery<Row>(pool, SQL, [5], { batch }).to(forEach((row) => { got.push(row) })).run()
    const error = await run.then(() => undefined, (failed: unknown) => failed)
    expect(error).toBeInstanceOf(PostgresRowError)
    expect(error).toMatchObject({ code: 'SLUICE_POSTGRES_ROW', row: 3, column: 'n', text: '3', message: 'row 3, column n: "3" cannot be converted: no 3', cause: new Error('no 3') })
    expect(got).toEqual([{ n: 1, t: 'row 1' }, { n: 2, t: 'row 2' }])
    expect(run.failure).toMatchObject({ stage: 'fromQuery', attempt: 1, item: { row: 3, values: { n: '3', t: 'row 3' } }, suppressed: [] })
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, failed: 1 })
    await isWhole(pool)
  })

  it.each([undefined, 1, 2, 100])('R30: are left out alone, with batch %s', async (batch) => {
    const pool = poolWith(refusing(1, 3, 4, 7))
    const run = fromQuery<Row>(pool, SQL, [7], { batch, onError: 'skip' }).to(toArray()).run()
    expect((await run).map(({ n }) => n)).toEqual([2, 5, 6])
    expect(run.stats().totals).toMatchObject({ read: 7, delivered: 3, skipped: 4 })
    await isWhole(pool)
  })

  it('R30: are left out where all rows are such rows', async () => {
    const pool = poolWith(() => { throw new Error('none') })
    const run = fromQuery<Row>(pool, SQL, [600], { batch: 100, onError: 'skip' }).to(toArray()).run()
    expect(await run).toEqual([])
    expect(run.stats().totals).toMatchObject({ read: 600, delivered: 0, skipped: 600 })
    await isWhole(pool)
  })

  it('R30: are written to dead letters, with the text of the server', async () => {
    const pool = poolWith(refusing(2))
    const letters: DeadLetter[] = []
    const run = fromQuery<Row>(pool, SQL, [3], { name: 'orders', onError: deadLetter(forEach((letter: DeadLetter) => { letters.push(letter) })) }).to(toArray()).run()
    expect((await run).map(({ n }) => n)).toEqual([1, 3])
    expect(letters).toMatchObject([{ stage: 'orders', item: { row: 2, values: { n: '2', t: 'row 2' } } }])
    expect(run.stats().totals).toMatchObject({ read: 3, delivered: 2, deadLettered: 1 })
    await isWhole(pool)
  })

  it('R31: a retry calls the parser again, of the columns alone that lack a value', async () => {
    const asked: string[] = []
    const pool = poolWith((text) => {
      asked.push(text)
      if (text === '2' && asked.length < 6) throw new Error('not yet')
      return Number(text)
    })
    const run = fromQuery<{ n: number; m: number }>(pool, 'SELECT n, n * 10 AS m FROM generate_series(1, 2) AS n', [], { batch: 10, onError: retry({ times: 5, delayMs: 1 }) })
      .to(toArray()).run()
    expect(await run).toEqual([{ n: 1, m: 10 }, { n: 2, m: 20 }])
    expect(asked).toEqual(['1', '10', '2', '20', '2', '2'])
    expect(run.stats().totals).toMatchObject({ read: 2, delivered: 2, skipped: 0 })
  })

  it('R31: where the tries are used up, the run fails with how many there were', async () => {
    const pool = poolWith(refusing(2))
    const run = fromQuery<Row>(pool, SQL, [3], { onError: retry({ times: 2, delayMs: 1 }) }).to(toArray()).run()
    await expect(run).rejects.toThrow('no 2')
    expect(run.failure).toMatchObject({ attempt: 3, item: { row: 2 } })
    await isWhole(pool)
  })

  it('a parser that cannot be found, or is no function, is a failure of the rows', async () => {
    for (const getTypeParser of [() => { throw new Error('no parser') }, () => 7 as never]) {
      const pool = poolWith(Number, getTypeParser)
      const run = fromQuery<Row>(pool, SQL, [2], { onError: 'skip' }).to(toArray()).run()
      expect(await run).toEqual([])
      expect(run.stats().totals).toMatchObject({ read: 2, skipped: 2 })
    }
  })

  it('A4: a stop cuts the wait for a next try short; the other rows that were fetched come out', async () => {
    let refused = 0
    const pool = poolWith((text) => {
      if (text === '2') refused++
      return refusing(2)(text)
    })
    const run = fromQuery<Row>(pool, SQL, [1000], { batch: 4, onError: LATER }).to(toArray()).run()
    while (refused === 0) await settle(1)
    await settle(10)
    expect(await run.stop({ deadlineMs: 5_000 })).toMatchObject({ status: 'completed', deadlineExceeded: false })
    expect((await run).map(({ n }) => n)).toEqual([1, 3, 4])
    await isWhole(pool)
  })

  it('A4: an abort cuts the wait for a next try short', async () => {
    const pool = poolWith(refusing(2))
    const reader = manualSink<Row>()
    const run = fromQuery<Row>(pool, SQL, [1000], { onError: LATER }).to(reader.sink).run()
    reader.request(1)
    while (reader.values.length === 0) await settle(1)
    reader.request(1)
    await settle(50)
    await run.abort(new Error('enough'))
    await expect(run).rejects.toThrow('enough')
    expect(run.unstopped).toEqual([])
    await isWhole(pool)
  })

  it('the values of a client of its own are converted by its parsers', async () => {
    const pool = poolWith((text) => BigInt(text))
    const client = await pool.connect()
    client.setTypeParser(TEXT, (text) => text.toUpperCase())
    expect(await fromQuery(client, SQL, [1]).to(toArray()).run()).toEqual([{ n: 1n, t: 'ROW 1' }])
    client.release()
  })
})
