import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { durableLaws } from '@sluice/testing'
import { forEach, from, OptionError, range, toArray } from '@sluice/core'
import { durable, fromDurable, toDurable, type Capabilities } from '@sluice/core/durable'
import { openSqlite, sqliteQueue } from '../index'

const folder = mkdtempSync(join(tmpdir(), 'sluice-queue-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
let files = 0
const file = (): string => join(folder, `${files++}.db`)
const forever = new AbortController().signal

describe('sqliteQueue', () => {
  for (const { name, run } of durableLaws({
    name: 'sqliteQueue', make: async ({ capacity, leaseMs }) => {
      const path = file()
      return { queue: sqliteQueue(path, { name: 'items', capacity, leaseMs }), other: sqliteQueue(path, { name: 'items', capacity, leaseMs }), dispose: async () => {} }
    },
  })) it(name, run)

  it('D1: a pipeline over a joint on disk gives what it was given', async () => {
    const numbers = Array.from({ length: 5000 }, (_, n) => n)
    const path = file()
    expect(await from(numbers).pipe(durable(sqliteQueue(path, { name: 'numbers' }), { name: 'numbers' })).to(toArray()).run()).toEqual(numbers)
    expect(await sqliteQueue(path, { name: 'numbers' }).stats()).toEqual({ ready: 0, leased: 0, dead: 0, sealed: true })
  })

  it('D11: a run that was stopped leaves what is in the queue to the next one', async () => {
    const path = file()
    await range(0, 2000).to(toDurable(sqliteQueue(path, { name: 'numbers' }), { name: 'numbers', until: 'sealed' })).run()
    const seen: number[] = []
    const make = () => fromDurable<number>(sqliteQueue(path, { name: 'numbers' }), { name: 'numbers', until: 'sealed' }).to(forEach(async (n) => { await new Promise((resolve) => setTimeout(resolve, 1)); seen.push(n) }, { concurrency: 10 }))
    const run = make().run()
    while (seen.length < 100) await new Promise((resolve) => setTimeout(resolve, 5))
    await run.stop()
    expect(seen.length).toBeLessThan(2000)
    await make().run()
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, n) => n))
  })

  it('an open database stays open, several queues share it, and a file of another format is refused', async () => {
    const db = await openSqlite(file(), { wal: true })
    const [a, b] = [sqliteQueue(db, { name: 'a' }), sqliteQueue(db, { name: 'b' })]
    for (const queue of [a, b]) await queue.open(forever)
    await a.put([{ body: new Uint8Array([1]) }])
    expect([(await a.stats()).ready, (await b.stats()).ready]).toEqual([1, 0])
    for (const queue of [a, b]) await queue.close()
    db.exec(`UPDATE "sluice.a.facts" SET value = 7 WHERE name = 'format'`)
    await expect(sqliteQueue(db, { name: 'a' }).open(forever)).rejects.toThrow("sqliteQueue 'a': the queue in this file has format 7, and this version of sluice writes format 1. Empty the queue with the version that wrote it")
    db.close()
  })

  it('an item whose holder died without a word is given out alone', async () => {
    const queue = sqliteQueue(file(), { name: 'items', leaseMs: 50 })
    await queue.open(forever)
    await queue.put([1, 2, 3, 4].map((n) => ({ body: new Uint8Array([n]) })))
    await queue.take(2, 0, forever)
    await new Promise((resolve) => setTimeout(resolve, 80))
    const taken: number[][] = []
    for (let i = 0; i < 3; i++) taken.push((await queue.take(10, 0, forever, 10_000)).map(({ body }) => body[0] as number))
    expect(taken).toEqual([[1], [2], [3, 4]])
    await queue.close()
  })

  it('the table in docs/durable.md says what the queue says', () => {
    const docs = readFileSync(new URL('../../../../../docs/durable.md', import.meta.url), 'utf8')
    const told = Object.fromEntries([...(docs.split('## ').find((part) => part.startsWith('What the queues can do')) ?? '').matchAll(/^\| `(\w+)` \| ([\w-]+) \|/gm)].map(([, name, value]) => [name, value]))
    const { database: _, ...known } = sqliteQueue(file(), { name: 'a', capacity: 5 }).known as Capabilities
    expect(told).toMatchObject(Object.fromEntries(Object.entries(known).map(([name, value]) => [name, String(value)])))
  })

  it('refuses what cannot work, by name', () => {
    expect(() => sqliteQueue('', { name: 'a' })).toThrow(OptionError)
    expect(() => sqliteQueue('a.db', {} as never)).toThrow(/name/)
    expect(() => sqliteQueue('a.db', { name: 'a b"; DROP' })).toThrow(/letters, digits/)
    expect(() => sqliteQueue('a.db', { name: 'a', capacity: 0 })).toThrow(/capacity/)
    expect(() => sqliteQueue('a.db', { name: 'a', lease: 3 } as never)).toThrow(/unknown option "lease"/)
  })
})
