/**
 *   endless source ──▶ mapAsync(store, 4 at once) ──▶ count
 *        ▲ stop()            in flight: finished          result: complete
 *
 * A service that is told to go (SIGTERM) while work is in flight. `stop` ends the source, lets what has entered come
 * out, and reports; only after its deadline is the rest cut off. Nothing accepted is lost, and nothing hangs.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { count, from, mapAsync } from 'sluice'

function* requests(): Generator<number> {
  for (let id = 1; ; id++) yield id
}

let begun = 0
let finished = 0
let halfway!: () => void
const busy = new Promise<void>((resolve) => { halfway = resolve })

const run = from(requests())
  .pipe(mapAsync(async (id) => {
    if (++begun === 50) halfway()
    await sleep(2)
    finished++
    return id
  }, { concurrency: 4 }))
  .to(count())
  .run({ name: 'service' })

await busy // in a service: process.once('SIGTERM', () => void run.stop({ deadlineMs: 5_000 }))
const report = await run.stop({ deadlineMs: 5_000 })

console.log(`status: ${report.status}, deadline exceeded: ${report.deadlineExceeded}`)
console.log(`begun and finished are the same: ${begun === finished}`)
console.log(`finished and counted are the same: ${finished === (await run)}`)
console.log(`abandoned: ${report.abandoned}, stages that did not stop: ${report.unstopped.length}`)

const stuck = from(requests()).pipe(mapAsync((_, { signal }) => sleep(60_000, undefined, { signal }), { concurrency: 4 }))
  .to(count()).run({ name: 'stuck' })
await sleep(10)
const cut = await stuck.stop({ deadlineMs: 30 })
console.log(`a run that cannot finish: ${cut.status}, deadline exceeded: ${cut.deadlineExceeded}`)
console.log(await Promise.resolve(stuck).catch(String))
