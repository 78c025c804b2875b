/**
 *   clients ──HTTP──▶ server ──put──▶ [ ≤ 5,000 lines ] ──▶ 8 … 512 workers, 5 ms a line
 *                                            └── grows? twice the workers ──┘
 *
 * 50,000 lines a second, 5 ms of work for each. A direct call would keep every response waiting, a promise for each line
 * would fill the memory, and a bigger buffer would only be full later: workers are added until the queue stops growing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BoundedQueue, drain, mapAsyncUnordered, range, throttle, WorkerPool } from 'sluice'
import { serve } from './local/server'

const REQUESTS = 300 // 1,000 a second,
const LINES = 50 // and each of them writes so many

const lines = new BoundedQueue<string>({ capacity: 5_000 })
let stored = 0
const pool = new WorkerPool(async (_line: string) => {
  await sleep(5) // parse, enrich, store
  stored++
}, { concurrency: 8, capacity: 0 })

const server = await serve(async (request, response) => {
  for (let n = 0; n < LINES; n++) await lines.put(`${request.method} ${request.url} line ${n}`)
  response.end('ok') // only a full queue keeps a response waiting
})

async function store(): Promise<void> {
  for await (const line of lines) void (await pool.submit(line)).result // a failure would end the program: nothing hides
}

async function visit(n: number): Promise<string> {
  const response = await fetch(`${server.base}/${n}`)
  return response.text()
}

let before = 0
const scaler = setInterval(() => {
  if (lines.size > before || lines.isFull) pool.resize(Math.min(512, pool.stats.concurrency * 2))
  before = lines.size
}, 20)

const storing = store()
await range(0, REQUESTS)
  .pipe(throttle({ rate: { count: 1_000, burst: 10 } }), mapAsyncUnordered(visit, { concurrency: 50 }))
  .to(drain()).run()
lines.close()
await storing
await pool.drain()
clearInterval(scaler)
server.close()

console.log(`${REQUESTS} requests answered, ${stored} lines stored, ${pool.stats.failed} failed, ${lines.size} left`)
console.log(`eight workers would have been too few, at least 32 came to be: ${pool.stats.concurrency >= 32}`)
