/**
 *   orders ──▶ check ×2 ──▶ [ ] ──▶ print ×1 ──▶ shipped          print is what everything waits for
 *
 * One consumer for several producers is a bottleneck, and a bigger buffer before it is only full later. The run says which
 * stage it is, from the time each worked, waited for its calls, for input and for room; then that stage gets more workers.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { count, diagnose, mapAsync, range } from 'sluice'

const check = async (order: number): Promise<number> => {
  await sleep(1)
  return order
}
const print = async (order: number): Promise<string> => {
  await sleep(5)
  return `label ${order}`
}

async function ship(printers: number): Promise<{ shipped: number; tookMs: number; bottleneck: string | null }> {
  const run = range(1, 60).pipe(
    mapAsync(check, { concurrency: 2, name: 'check' }),
    mapAsync(print, { concurrency: printers, name: 'print' }),
  ).to(count()).run({ name: 'orders' })
  const shipped = await run
  const { elapsedMs } = run.stats()
  const { stage } = diagnose(run)
  return { shipped, tookMs: elapsedMs, bottleneck: stage }
}

const alone = await ship(1)
console.log(`one printer: ${alone.shipped} shipped; the bottleneck is '${alone.bottleneck}'`)

const six = await ship(6)
console.log(`six printers: ${six.shipped} shipped; more than twice as fast: ${six.tookMs * 2 < alone.tookMs}`)
