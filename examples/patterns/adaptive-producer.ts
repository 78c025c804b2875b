/**
 *   producer ──(rate)──▶ [ · · · · · · · · ] ──▶ consumer
 *       ▲                        │
 *       └── slower / faster ◀────┘  over 80 % full / under 20 %
 *
 * Its rate follows the fill of the queue, in between it stays: for a producer that pays for being held up (a lease that
 * runs out, a request that times out). The bound stays what keeps it safe: a wrong rate can only cost time.
 */
import { BoundedQueue, Limit } from '@sluice/core'

const MIN = 100
const MAX = 3200
const queue = new BoundedQueue<number>({ capacity: 20 })
const pace = new Limit({ rate: { count: 800, perMs: 1000, burst: 1 } })
let rate = 800 // per second
let slowest = rate

function adapt(): void {
  const fill = queue.size / queue.capacity
  if (fill > 0.8) rate = Math.max(MIN, rate * 0.7)
  else if (fill < 0.2) rate = Math.min(MAX, rate * 1.1)
  slowest = Math.min(slowest, rate)
  pace.setRate({ count: Math.round(rate), perMs: 1000, burst: 1 })
}

let stop = false
async function produce(): Promise<number> {
  let made = 0
  while (!stop) {
    await pace.acquire() // when its turn has come,
    await queue.put(++made) // and there is room
    adapt()
  }
  queue.close()
  return made
}

const work = new Limit({ rate: { count: 200, perMs: 1000, burst: 1 } }) // the consumer's speed
let busy = true
async function consume(): Promise<number> {
  let taken = 0
  for await (const _ of queue) {
    if (busy) await work.acquire()
    taken++
    if (busy && rate < 200) busy = false // the producer has found a rate below the consumer's: the rush is over
    if (!busy && rate === MAX) stop = true
  }
  return taken
}

const [made, taken] = await Promise.all([produce(), consume()])
console.log('while the consumer was busy, the producer slowed down to its pace or below:', slowest <= 200)
console.log('when it had time, the producer sped up to the most it may:', rate === MAX)
console.log('produced and consumed are the same:', made === taken)
