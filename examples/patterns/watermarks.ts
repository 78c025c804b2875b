/**
 *   socket ──tryPut──▶ [ ····high···········low···· ] ──▶ consumer
 *      ▲                     │                │
 *      └──── pause() ◀───────┘   resume() ◀───┘
 *
 * For a producer that cannot be awaited but can be told. The queue calls it once when it has filled to `high`, and once
 * when it has drained to `low`: nobody polls the size, and the gap between the two keeps it from flapping.
 */
import { Readable } from 'node:stream'
import { setImmediate as turn } from 'node:timers/promises'
import { BoundedQueue } from 'sluice'

const socket = Readable.from(Array.from({ length: 60 }, (_, index) => `packet ${index + 1}`))
const signals: string[] = []
let lost = 0

const packets = new BoundedQueue<string>({
  capacity: 16,
  high: 12, // four places are left for what is on its way when the socket is told
  low: 4,
  onHigh: () => {
    socket.pause()
    signals.push(`pause at ${packets.size}`)
  },
  onLow: () => {
    socket.resume()
    signals.push(`resume at ${packets.size}`)
  },
})

socket.on('data', (packet: string) => { if (!packets.tryPut(packet)) lost++ })
socket.on('end', () => packets.close())

let taken = 0
for await (const _ of packets) {
  await turn() // slower than the socket
  taken++
}

console.log(signals.slice(0, 4).join(', '))
console.log(`after every pause a resume: ${signals.every((signal, index) => signal.startsWith(index % 2 ? 'resume' : 'pause'))}`)
console.log(`packets consumed: ${taken}, lost: ${lost}`)
