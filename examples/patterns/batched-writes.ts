/**
 *   form ────┐
 *   import ──┼──▶ [ 50 ] ──▶ batches of ≤ 25, or what came in 20 ms ──▶ 2 writers ──▶ table
 *   api ─────┘
 *
 * Many sources of small writes, one database. A round trip for each row makes the writer the bottleneck; a batch that only
 * goes when it is full keeps the last rows waiting for ever. Size and time together do neither.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { batch, BoundedQueue, forEach, from, retry } from 'sluice'

const rows = new BoundedQueue<string>({ capacity: 50 })
const table = new Set<string>()
let trips = 0
let largest = 0
let deadlock = true

async function insert(batchOfRows: readonly string[]): Promise<void> {
  trips++
  largest = Math.max(largest, batchOfRows.length)
  await sleep(3)
  if (deadlock) { deadlock = false; throw new Error('deadlock detected') }
  for (const row of batchOfRows) table.add(row)
}

const writing = from(rows)
  .pipe(batch(25, { withinMs: 20 }))
  .to(forEach(insert, { concurrency: 2, onError: retry({ times: 2, delayMs: 1 }) }))
  .run({ name: 'writes' })

async function produce(source: string, count: number): Promise<void> {
  for (let n = 1; n <= count; n++) await rows.put(`${source} ${n}`)
}

await Promise.all([produce('form', 30), produce('import', 150), produce('api', 67)])
rows.close() // in a service the queue stays open, and `withinMs` sends the last, smaller batch
await writing

console.log(`${table.size} rows stored, every one once: ${table.size === 30 + 150 + 67}`)
console.log(`the batch that failed was written again: ${!deadlock}`)
console.log(`largest batch: ${largest}; round trips saved: ${trips <= 30 ? 'more than 200' : 'few'}`)
