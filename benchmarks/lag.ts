// A timer of 5 ms while numbers run through a synchronous chain: how late it is at worst. Prints ms.
import * as rx from 'rxjs'
import { count, range } from '@sluice/core'
import { filter, map } from '@sluice/operators'

const [contender, size] = process.argv.slice(2)
const values = Number(size)
let last = performance.now()
let worst = 0
let ticks = 0
const timer = setInterval(() => {
  const now = performance.now()
  worst = Math.max(worst, now - last - 5)
  last = now
  ticks++
}, 5)
await new Promise((resolve) => setTimeout(resolve, 30))
worst = 0
const started = performance.now()
if (contender === 'rxjs') await rx.lastValueFrom(rx.range(0, values).pipe(rx.map((n) => n + 1), rx.filter((n) => n % 2 === 0), rx.map((n) => n * 2), rx.count()))
else await range(0, values).pipe(map((n) => n + 1), filter((n) => n % 2 === 0), map((n) => n * 2)).to(count()).run()
const ended = performance.now()
// A run that never let the timer in has made it late by all its length.
worst = Math.max(worst, ended - last - 5)
clearInterval(timer)
process.stdout.write(JSON.stringify({ worst, ticks, seconds: (ended - started) / 1000 }))
