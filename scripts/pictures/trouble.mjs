// A process with several runs, of which one is held back by a stage: what the first picture of the README shows. Runs until it is ended.
import { setTimeout as sleep } from 'node:timers/promises'
import { buffer, drain, filter, forEach, from, interval, map, mapAsync, range, tap } from '../../packages/sluice/dist/index.js'

const pause = (meanMs) => sleep(meanMs * (0.5 + Math.random()))

async function* orders() {
  for (let id = 1; ; id++) {
    if (id % 10 === 0) await sleep(30)
    yield { id, customer: `customer ${id % 97}`, lines: id % 7, total: (id * 37) % 500 }
  }
}

const enriched = mapAsync(async (order) => {
  await pause(18)
  if (order.id % 60 === 0) throw new Error(`no such customer: ${order.customer}`)
  return { ...order, country: 'NL' }
}, { name: 'enrich', concurrency: 4, onError: 'skip' })

const orderRun = from(orders(), { name: 'orders' })
  .pipe(
    map((order) => ({ ...order, id: order.id }), { name: 'parse' }), filter(({ lines }) => lines > 0, { name: 'valid' }), buffer(256, { name: 'parsed' }),
    enriched, mapAsync(async (order) => { await pause(14); return order }, { name: 'write', concurrency: 8 }),
  )
  .to(forEach(() => {}, { name: 'done' }))

const clicks = interval(1, { name: 'clicks' }).pipe(map((n) => n * 2, { name: 'session' })).to(drain({ name: 'count' }))
const thumbnails = interval(50, { name: 'photos' }).pipe(mapAsync(async (n) => { await pause(20); return n }, { concurrency: 4, name: 'resize' })).to(drain())

range(1, 3).pipe(tap(() => {})).to(drain()).run({ name: 'nightly' }).catch(() => {})
from([1, 2]).pipe(map((n) => { if (n === 2) throw new RangeError('row 2 has no price'); return n }, { name: 'price' })).to(drain()).run({ name: 'import' }).catch(() => {})
await sleep(100)
const paused = thumbnails.run({ name: 'thumbnails' })
clicks.run({ name: 'clicks' }).catch(() => {})
paused.catch(() => {})
await sleep(1500)
paused.pause()
orderRun.run({ name: 'orders' }).catch(() => {})
