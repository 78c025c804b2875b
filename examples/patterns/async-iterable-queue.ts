/**
 *   producer ──▶ [ · · · · · · · · ] ──▶ for await … break       one consumer leaves,
 *                                   └──▶ from(queue).pipe(…)     another goes on
 *
 * A queue is an async iterable. Leaving a loop ends that consumer and not the queue; an error of the producer comes out
 * after the last value; and a channel that is always closed or failed leaves no loop waiting for ever.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BoundedQueue, from, map, toArray } from 'sluice'

async function produce(queue: BoundedQueue<number>, breaksAt: number): Promise<void> {
  try {
    for (let n = 1; n <= 6; n++) {
      await sleep(2)
      if (n === breaksAt) throw new Error('the sensor was unplugged')
      await queue.put(n)
    }
    queue.close()
  } catch (error) {
    queue.fail(error)
  }
}

const healthy = new BoundedQueue<number>({ capacity: 8 })
const producing = produce(healthy, Infinity)
for await (const n of healthy) {
  console.log('received', n)
  if (n === 2) break
}
console.log('the loop was left; the queue is', healthy.isClosed ? 'closed' : 'open')

const rest = await from(healthy).pipe(map((n) => n * 10)).to(toArray()).run()
console.log('a pipeline took the rest:', rest.join(' '))
await producing

const broken = new BoundedQueue<number>({ capacity: 8 })
const breaking = produce(broken, 3)
try {
  for await (const n of broken) console.log('received', n)
} catch (error) {
  console.log('then', String(error))
}
await breaking
