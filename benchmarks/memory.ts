// Values through source, map, mapAsync, batch and sink: how far the heap grows beyond what it was before. Prints MB.
import { count, range } from '@sluice/core'
import { batch, map, mapAsync } from '@sluice/operators'

const collect = (globalThis as { gc?: () => void }).gc ?? (() => {})
const heap = (): number => process.memoryUsage().heapUsed / 1e6
const pipeline = (values: number) => range(0, values).pipe(map((n) => n + 1), mapAsync(async (n) => n, { concurrency: 16 }), batch(100)).to(count())

await pipeline(100_000).run()
collect()
const idle = heap()
let peak = idle
const timer = setInterval(() => { peak = Math.max(peak, heap()) }, 20)
const values = Number(process.argv[2])
const started = performance.now()
const batches = await pipeline(values).run()
clearInterval(timer)
collect()
process.stdout.write(JSON.stringify({ values, batches, idle, peak, growth: peak - idle, after: heap(), seconds: (performance.now() - started) / 1000 }))
