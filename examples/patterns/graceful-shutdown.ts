/**
 *   web-1 ──┐                        ┌──▶ worker-1
 *   web-2 ──┼──▶ [ buffer of 100 ] ──┼──▶ …
 *   web-3 ──┘                        └──▶ worker-5
 *
 * Several producers, several consumers, one end. The queue is closed when the last producer is done; consumers take what
 * is left and their loops end. No poison pill to count, no flag to poll, no channel that is never closed.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { BoundedQueue } from 'sluice'

const buffer = new BoundedQueue<string>({ capacity: 100 })

async function produce(name: string): Promise<number> {
  for (let n = 1; n <= 200; n++) {
    const level = n % 10 === 0 ? 'ERROR' : 'INFO'
    await buffer.put(`${level} request ${n} of ${name}`)
  }
  return 200
}

async function consume(): Promise<{ lines: number; errors: number }> {
  const seen = { lines: 0, errors: 0 }
  for await (const line of buffer) {
    await sleep(1) // parse, enrich, store
    seen.lines++
    if (line.startsWith('ERROR')) seen.errors++
  }
  return seen
}

const producers = ['web-1', 'web-2', 'web-3'].map(produce)
const consumers = Array.from({ length: 5 }, consume)

const produced = await Promise.all(producers)
console.log(`${producers.length} producers done: ${produced.join(' + ')} lines`)
console.log('still to be drained:', buffer.size > 0)
buffer.close()

const consumed = await Promise.all(consumers)
console.log(`${consumers.length} consumers done, each had work: ${consumed.every(({ lines }) => lines > 0)}`)
console.log(`lines consumed: ${consumed.reduce((sum, { lines }) => sum + lines, 0)}`)
console.log(`of them errors: ${consumed.reduce((sum, { errors }) => sum + errors, 0)}`)
console.log(`left in the buffer: ${buffer.size}`)
