import { afterAll, describe, expect, it } from 'vitest'
import { setTimeout as sleep } from 'node:timers/promises'
import { seededRandom } from '@sluice/testing'
import { forEach, from } from '@sluice/core'
import { fromDurable, toDurable } from '@sluice/core/durable'
import { startNats } from '../../test/nats-server'
import { natsQueue } from './index'

const server = await startNats()
const address = server?.address ?? ''
afterAll(() => server?.stop())
const KILLS = Number(process.env['SLUICE_FAULTS'] ?? 5)
const CAPACITY = 1000

describe.skipIf(server === undefined)('natsQueue, its server killed', () => {
  it(`D52: ${KILLS} kills of the server lose nothing that was confirmed, and what it brings back from the dead takes up no room`, { timeout: 120_000 }, async () => {
    const seed = Math.floor(Math.random() * 1e9)
    const random = seededRandom(seed)
    const options = { name: 'items', capacity: CAPACITY, leaseMs: 2000 }
    const joint = { name: 'items', until: 'sealed', maxAttempts: 1000, hold: 100 } as const
    let isOver = false
    let put = 0
    const numbers = function* () { while (!isOver) yield put++ }
    const seen: number[] = []
    const producing = from(numbers()).to(toDurable(natsQueue(address, options), { ...joint, dedup: (n: number) => String(n) })).run()
    const consuming = [1, 2].map(() => fromDurable<number>(natsQueue(address, options), joint).to(forEach(async (n) => { await sleep(random() * 3); seen.push(n) }, { concurrency: 20 })).run())
    for (let kill = 0; kill < KILLS; kill++) {
      // Each kill meets work: one that clients have not come back from would show nothing.
      for (const before = seen.length; seen.length < before + 300; ) await sleep(10)
      await sleep(random() * 300)
      await server?.killed()
    }
    isOver = true
    const { stored, duplicates } = await producing
    await Promise.all(consuming)
    const queue = natsQueue(address, options)
    expect(await queue.stats(), `seed ${seed}`).toEqual({ ready: 0, leased: 0, dead: 0, sealed: true })
    expect(stored + duplicates, `seed ${seed}`).toBe(put)
    expect([...new Set(seen)].sort((a, b) => a - b), `seed ${seed}`).toEqual(Array.from({ length: put }, (_, n) => n))
    // Kills have met work: without that the test would show nothing.
    expect(seen.length, `seed ${seed}`).toBeGreaterThan(put)
    // All of its places are free.
    await queue.open(new AbortController().signal)
    const items = Array.from({ length: CAPACITY + 1 }, () => ({ body: new Uint8Array(1) }))
    expect((await queue.put(items)).map(({ is }) => is), `seed ${seed}`).toEqual([...items.slice(1).map(() => 'stored'), 'full'])
    await queue.close()
  })
})
