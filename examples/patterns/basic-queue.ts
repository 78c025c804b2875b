/**
 *   producer ──▶ [ · · · · ] ──▶ consumer
 *
 * The smallest pair there is. The queue is bounded from its first line, so a fast producer cannot fill the memory, and
 * it is closed by the one who fills it, so the consumer's loop ends by itself instead of waiting for ever.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { BoundedQueue } from 'sluice'

const queue = new BoundedQueue<string>({ capacity: 4 })
let mostHeld = 0

async function produce(): Promise<void> {
  for (let n = 1; n <= 10; n++) {
    await queue.put(`item ${n}`) // waits while four are inside
    mostHeld = Math.max(mostHeld, queue.size)
  }
  queue.close() // nothing more comes; what is inside still comes out
}

async function consume(): Promise<void> {
  for await (const item of queue) {
    console.log('consumed', item)
    await turn() // slower than the producer, so the queue fills up
  }
}

await Promise.all([produce(), consume()])

console.log(`at most ${mostHeld} of 10 items were held at once`)
console.log('a put after the close:', await queue.put('item 11').catch((error: unknown) => String(error)))
