/**
 *             ┌──▶ [ 16 ] ──▶ search index      steady
 *   orders ───┼──▶ [ 4 ]  ──▶ billing           slow: holds all back when its buffer is full
 *             └──▶ [ 2 ]  ──▶ dashboard         stuck: loses the oldest, holds back nobody
 *
 * Everybody gets every order, through a buffer of its own. With one shared buffer the slowest consumer would set the
 * pace at once; with unbounded ones it would fill the memory. Here each has its bound and its policy.
 */
import { setImmediate as turn } from 'node:timers/promises'
import { broadcast, buffer, forEach, range } from 'sluice'

const seen = { index: 0, billing: 0, dashboard: [] as number[] }
let dropped = 0
let furthestAhead = 0
let othersDone!: () => void
const stuck = new Promise<void>((resolve) => { othersDone = resolve })

await range(1, 100).pipe(broadcast([
  (orders) => orders.pipe(buffer(16)).to(forEach(() => {
    seen.index++
    furthestAhead = Math.max(furthestAhead, seen.index - seen.billing)
  })),
  (orders) => orders.pipe(buffer(4)).to(forEach(async () => {
    await turn()
    if (++seen.billing === 100) othersDone()
  })),
  (orders) => orders.pipe(buffer(2, { overflow: 'drop-oldest', onDrop: () => { dropped++ } })).to(forEach(async (order) => {
    await stuck
    seen.dashboard.push(order)
  })),
// What the dashboard loses is counted above: no warning about it is wanted.
])).to(forEach(() => {})).run({ onWarning: () => {} })

console.log(`search index: ${seen.index} orders`)
console.log(`billing:      ${seen.billing} orders; the index was never more than 8 ahead: ${furthestAhead <= 8}`)
console.log(`dashboard:    ended with the newest: ${seen.dashboard.at(-1) === 100}; shown or counted as dropped: ${seen.dashboard.length + dropped}`)
