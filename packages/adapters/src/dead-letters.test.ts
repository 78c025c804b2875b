import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { deadLetter, type DeadLetter, from, range, retry, toArray, type OnError } from '@sluice/core'
import { writeNdjson } from '@sluice/adapters/files'
import { postJson } from '@sluice/adapters/http'
import { openSqlite, sqliteQuery, sqliteTable } from '@sluice/adapters/sqlite'
import { filter, map, mapAsync } from '@sluice/operators'
import { folder, type Folder } from '../test/folder'
import { httpServer } from '../test/http-server'

let place: Folder
beforeAll(() => { place = folder() })
afterAll(() => { place.remove() })

class Odd extends TypeError {
  override readonly name = 'Odd'
  readonly code = 'ODD'
}
const broken = new Odd('no good', { cause: new RangeError('too far', { cause: 'the moon' }) })
const lettersOf = (path: string): unknown[] => readFileSync(path, 'utf8').trim().split('\n').map((line) => JSON.parse(line) as unknown)
const runWith = async (items: readonly unknown[], onError: OnError<unknown>): Promise<unknown> =>
  await from(items).pipe(filter(() => true), mapAsync((item: unknown) => {
    if (item !== 'fine') throw broken
    return item
  }, { concurrency: 2, name: 'check', onError })).to(toArray()).run()

it('E4: a file of dead letters has name, message, code and cause of each error, and stage, way, position and attempt', async () => {
  const path = place.path('letters.ndjson')
  expect(await runWith([{ id: 1 }, 'fine'], retry({ times: 2, delayMs: 0, then: deadLetter(writeNdjson(path)) }))).toEqual(['fine'])
  expect(lettersOf(path)).toEqual([{
    stage: 'check', position: 2, path: ['from', 'filter', 'check'], attempt: 3, item: { id: 1 },
    error: { name: 'Odd', message: 'no good', code: 'ODD', cause: { name: 'RangeError', message: 'too far', cause: 'the moon' } },
  }])
})

it('E4: the stack is written where it is asked for', async () => {
  const path = place.path('stacks.ndjson')
  await runWith([1], deadLetter(writeNdjson(path), { stack: true }))
  expect(lettersOf(path)).toMatchObject([{ error: { stack: broken.stack, cause: { stack: (broken.cause as Error).stack } } }])
})

it('E3: an item that JSON cannot write is no reason to lose its letter, nor the others', async () => {
  const circle: Record<string, unknown> = { id: 2n }
  circle.self = circle
  const path = place.path('strange.ndjson')
  const items = [7n, circle, { get price(): never { throw new Error('no price') } }, () => {}, undefined, NaN]
  expect(await runWith([...items, 'fine'], deadLetter(writeNdjson(path)))).toEqual(['fine'])
  expect(lettersOf(path).map((letter) => (letter as { item?: unknown }).item)).toEqual(
    ['7', { id: '2', self: '[circular]' }, { price: '[cannot be read: no price]' }, 'a function', undefined, 'NaN'])
})

it('E4: a table takes what map makes of a letter', async () => {
  const db = await openSqlite(place.path('letters.db'))
  const table = sqliteTable<{ stage: string; attempt: number; message: string; letter: string }>(db, 'letters', {
    columns: { stage: 'text', attempt: 'integer', message: 'text', letter: 'text' },
  })
  const toRow = (letter: DeadLetter) => ({ stage: letter.stage, attempt: letter.attempt, message: (letter.error as Error).message, letter: JSON.stringify(letter) })
  await runWith([{ id: 1n }, 'fine', { id: 2n }], deadLetter(table, { map: toRow }))
  const rows = await sqliteQuery(db, 'SELECT * FROM letters').to(toArray()).run()
  expect(rows.map(({ stage, attempt, message, letter }) => [stage, attempt, message, (JSON.parse(letter as string) as DeadLetter).item]))
    .toEqual([['check', 1, 'no good', { id: '1' }], ['check', 1, 'no good', { id: '2' }]])
  db.close()
})

it('E4: a map that throws fails the item: no letter is lost without a word', async () => {
  const lost = new Error('no row')
  await expect(runWith([1], deadLetter(writeNdjson(place.path('none.ndjson')), { map: () => { throw lost } }))).rejects.toBe(lost)
})

it('E4: letters that are posted are written as in a file', async () => {
  const server = await httpServer((_request, response) => { response.writeHead(204).end() })
  try {
    const fail = (n: number): number => { if (n === 2) throw broken; return n }
    await range(1, 3).pipe(map(fail, { onError: deadLetter(postJson(server.origin)) })).to(toArray()).run()
    expect(server.seen.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([{ stage: 'map', position: 1, path: ['range', 'map'], item: 2, error: { name: 'Odd', code: 'ODD', cause: { message: 'too far' } } }])
  } finally {
    await server.close()
  }
})
