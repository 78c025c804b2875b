// How late a timer is at worst while a user function holds the loop. Prints ms.
import { drain, forEach, range } from '@sluice/core'
import { map } from '@sluice/operators'

const [scenario, callMs] = process.argv.slice(2)
const ms = Number(callMs)
const spin = (): void => {
  const end = performance.now() + ms
  while (performance.now() < end);
}
let last = performance.now()
let worst = 0
const timer = setInterval(() => {
  const now = performance.now()
  worst = Math.max(worst, now - last - 1)
  last = now
}, 1)
const sleep = (delayMs: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, delayMs))
let calls = 0
let slowAt = Infinity
const runs = scenario === 'turns slow'
  ? [range(0).to(forEach(() => { if (calls++ >= slowAt) spin() })).run()]
  : [range(0).pipe(map((n) => n + 1)).to(drain()).run()]
await sleep(200)
worst = 0
if (scenario === 'turns slow') slowAt = calls
else runs.push(range(0).pipe(map(spin)).to(drain()).run())
await sleep(500)
clearInterval(timer)
for (const run of runs) {
  run.then(null, () => {})
  await run.abort()
}
process.stdout.write(JSON.stringify({ worst }))
