import { batch, filter, forEach, from, interval, map, mapAsync, type Run } from 'sluice'

/** An order, as a shop sends it. */
interface Order {
  readonly id: number
  readonly cents: number
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

/** Orders come every two milliseconds, some are refused, a slow service is asked about the others, and they are written in batches. */
export function processOrders(): Run<void> {
  return interval(2)
    .pipe(
      map((id): Order => ({ id, cents: (id * 37) % 900 }), { name: 'receive' }),
      filter(({ cents }) => cents > 50, { name: 'valid' }),
      mapAsync(async (order) => { await pause(8); return { ...order, customer: order.id % 20 } }, { name: 'enrich', concurrency: 4 }),
      batch(10, { withinMs: 50 }),
    )
    .to(forEach(() => pause(1), { name: 'write' }))
    .run({ name: 'orders' })
}

/** Short runs of one name, one after the other: what they count is added up. */
export async function countEachSecond(signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    await from([1, 2, 3]).pipe(map((n) => n * 2)).to(forEach(() => {})).run({ name: 'housekeeping' })
    await pause(100)
  }
}
