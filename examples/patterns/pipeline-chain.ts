/**
 *   read ──▶ [ 2 ] ──▶ parse ──▶ [ 2 ] ──▶ store
 *
 * A chain of pairs: each stage consumes what the one before produces. Written with queues and written as a pipeline: the
 * second has the same bounds, and the ends (close, failure, abort) are passed along by the engine instead of by hand.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BoundedQueue, buffer, from, mapAsync, reduce, tap } from 'sluice'

const lines = Array.from({ length: 20 }, (_, n) => String(n + 1))

async function parse(line: string): Promise<number> {
  await sleep(1)
  return Number(line)
}

/** By hand: a loop for each stage, a queue between two, and every stage closes or fails the next one's queue. */
async function byHand(): Promise<number> {
  const read = new BoundedQueue<string>({ capacity: 2 })
  const parsed = new BoundedQueue<number>({ capacity: 2 })
  const reading = (async () => {
    for (const line of lines) await read.put(line)
    read.close()
  })()
  const parsing = (async () => {
    try {
      for await (const line of read) await parsed.put(await parse(line))
      parsed.close()
    } catch (error) {
      parsed.fail(error)
    }
  })()
  let total = 0
  for await (const n of parsed) total += n
  await Promise.all([reading, parsing])
  return total
}

/** As a pipeline: the same stages, the same bounds. */
let read = 0
let stored = 0
let furthestAhead = 0
const pipeline = from(lines).pipe(
  tap(() => { furthestAhead = Math.max(furthestAhead, ++read - stored) }),
  buffer(2),
  mapAsync(parse, { concurrency: 1, capacity: 2 }),
).to(reduce((total, n) => { stored++; return total + n }, 0))

console.log('by hand:   ', await byHand())
console.log('a pipeline:', await pipeline.run())
console.log(`of 20 lines never more than 2 + 2 and those in work were on their way: ${furthestAhead <= 8}`)
