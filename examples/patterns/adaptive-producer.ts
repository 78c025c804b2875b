/**
 *   producer ──(rate)──▶ [ · · · · · · · · ] ──▶ consumer
 *       ▲                        │
 *       └── slower / faster ◀────┘  over 80 % full / under 20 %
 *
 * Its rate follows the fill of the queue, in between it stays: for a producer that pays for being held up (a lease that
 * runs out, a request that times out). The bound stays what keeps it safe: a wrong rate can only cost time.
 */
import { BoundedQueue, Limit } from 'sluice'

const MIN = 100 // per second
const MAX = 3_200
const CONSUMER = 200 // what the consumer can take while it is busy
const queue = new BoundedQueue<number>({ capacity: 20 })

let rate = 800
let slowest = rate
const pace = new Limit({ rate: { count: rate, perMs: 1000, burst: 5 } })

function adapt(): void {
  const fill = queue.size / queue.capacity
  if (fill > 0.8) rate = Math.max(MIN, rate * 0.7)
  else if (fill < 0.2) rate = Math.min(MAX, rate * 1.1)
  slowest = Math.min(slowest, rate)
  pace.setRate({ count: Math.round(rate), perMs: 1000, burst: 5 })
}

async function produce(): Promise<number> {
  let made = 0
  while (!queue.isClosed) {
    await pace.acquire() // its turn has come,
    await queue.put(++made) // and there is room
    adapt()
    if (slowest < CONSUMER && rate === MAX) queue.close() // both have been seen
  }
  return made
}

async function consume(): Promise<number> {
  const work = new Limit({ rate: { count: CONSUMER, perMs: 1000, burst: 1 } })
  let taken = 0
  for await (const _ of queue) {
    if (slowest >= CONSUMER) await work.acquire() // busy, until the producer has given way
    taken++
  }
  return taken
}

const [made, taken] = await Promise.all([produce(), consume()])
console.log(`while the consumer was busy, the producer gave way: below ${CONSUMER} a second: ${slowest < CONSUMER}`)
console.log(`when it had time again, the producer went as fast as it may: ${rate} a second`)
console.log(`produced and consumed are the same: ${made === taken}`)
