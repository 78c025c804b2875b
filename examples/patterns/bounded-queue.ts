/**
 *   put ──▶ [waiting puts] ──▶ [ log-1 | log-2 ] ──▶ [waiting takes] ──▶ take
 *                                 capacity 2
 *
 * Backpressure, step by step: a full queue holds its producer, an empty one its consumer, and nobody polls. What an
 * unbounded array would have piled up stays with the producer, who has not made it yet.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { BoundedQueue } from 'sluice'

const buffer = new BoundedQueue<string>({ capacity: 2 })

function show(step: string): void {
  console.log(`${step.padEnd(22)} ${buffer.size} inside, waiting: ${buffer.waitingPuts} puts, ${buffer.waitingTakes} takes`)
}

await buffer.put('log-1')
await buffer.put('log-2')
show('two puts')

const third = buffer.put('log-3') // no room: this promise is the backpressure
show('a third put')

console.log('took', await buffer.take())
await third // there was room, and the value moved up
show('one take')

console.log('took', await buffer.take(), 'and', await buffer.take())
const fifth = buffer.take() // nothing there: now the consumer waits
show('three takes, and one')

await buffer.put('log-4') // goes straight to who waits for it
console.log('took', await fifth)
show('a fourth put')

let made = 0
let furthestAhead = 0
async function produce(): Promise<void> {
  while (made < 1000) await buffer.put(`line ${++made}`)
  buffer.close()
}
async function consume(): Promise<number> {
  let taken = 0
  for await (const _ of buffer) {
    furthestAhead = Math.max(furthestAhead, made - ++taken)
    await turn() // slower than the producer
  }
  return taken
}
const [, taken] = await Promise.all([produce(), consume()])
console.log(`${taken} lines; the producer was never more than ${furthestAhead} ahead`)
