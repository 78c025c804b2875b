/**
 *   emitter ──'reading'──▶ [ newest 3 ] ──▶ consumer that pulls        (Observer: nobody can be held back)
 *   function ──await push──▶ [ 3 ] ──▶ consumer that pulls             (awaits: held back, nothing is lost)
 *
 * An observer is pushed at and cannot say "later". At the border to pull, somebody has to decide what is lost, and count
 * it; a handler that pushes into an array has decided for the memory. A producer that can await loses nothing.
 */
import { EventEmitter } from 'node:events'
import { setImmediate as turn } from 'node:timers/promises'
import { fromEvent } from '@sluice/adapters/events'
import { forEach, fromProducer } from 'sluice'

const sensor = new EventEmitter()
const shown: number[] = []
const lost: number[] = []

const watching = fromEvent<number>(sensor, 'reading', {
  capacity: 3,
  overflow: 'drop-oldest', // required: there is no harmless default
  onDrop: (reading) => lost.push(reading),
  endOn: 'close',
}).to(forEach((reading) => { shown.push(reading) })).run()

for (let reading = 1; reading <= 10; reading++) sensor.emit('reading', reading) // all in one go
sensor.emit('close')
await watching
console.log(`pushed: shown ${shown.join(' ')}, lost ${lost.join(' ')}; listeners left: ${sensor.listenerCount('reading')}`)

let pushed = 0
let furthestAhead = 0
const measuring = fromProducer<number>(async ({ push }) => {
  while (pushed < 10) await push(++pushed) // resolves when there is room
}, { capacity: 3 })

let got = 0
await measuring.to(forEach(async () => {
  furthestAhead = Math.max(furthestAhead, pushed - got++)
  await turn()
})).run()
console.log(`awaited: got ${got} of ${pushed}; never more than 3 waiting, one in hand and one on its way: ${furthestAhead <= 5}`)
