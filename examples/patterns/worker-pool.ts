/**
 *               ┌─────────────── pool ────────────────┐
 *   submit ──▶  │ [ ≤ 8 accepted ] ──▶ 4 workers      │ ──▶ outcomes, in the order of the pages
 *               └─────────────────────────────────────┘
 *
 * Start, submit, stop, collect. `submit` waits while the pool is full; stopping needs no poison pills; and a failing
 * task is an outcome, not a line on the console after which nobody knows that a result is missing.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { WorkerPool } from 'sluice'

let running = 0
let mostRunning = 0

async function countWords(page: number): Promise<number> {
  mostRunning = Math.max(mostRunning, ++running)
  await sleep(2 + (page % 3)) // as if it were downloaded
  running--
  if (page % 10 === 7) throw new Error('404')
  return page * 100
}

const pool = new WorkerPool(countWords, { concurrency: 4, capacity: 8 }) // starts with the first task
const outcomes: Promise<string>[] = []

for (let page = 1; page <= 20; page++) {
  const { result } = await pool.submit(page) // accepted: as fast as the pool takes them
  outcomes.push(result.then((words) => `page ${page}: ${words} words`, (error: unknown) => `page ${page}: ${String(error)}`))
}

pool.close() // takes no more tasks,
await pool.drain() // and finishes those it has

for (const outcome of await Promise.all(outcomes)) console.log(outcome)
const { completed, failed } = pool.stats
console.log(`${completed} completed, ${failed} failed; ${mostRunning} workers at once`)
