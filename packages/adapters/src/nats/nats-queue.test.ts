import { afterAll, describe, expect, it } from 'vitest'
import { durableLaws } from '@sluice/testing'
import { forEach, from, range, toArray } from '@sluice/core'
import { durable, fromDurable, toDurable } from '@sluice/core/durable'
import { startNats } from '../../test/nats-server'
import { natsQueue } from './index'

const server = await startNats()
const address = server?.address ?? ''
afterAll(() => server?.stop())
let names = 0
const fresh = (): string => `q${names++}`
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

describe.skipIf(server === undefined)('natsQueue', () => {
  for (const { name, run } of durableLaws({
    name: 'natsQueue', make: async ({ capacity, leaseMs }) => {
      const options = { name: fresh(), capacity, leaseMs }
      return { queue: natsQueue(address, options), other: natsQueue(address, options), dispose: async () => {} }
    },
  })) it(name, run)

  it('D1: a pipeline over a joint in JetStream gives what it was given', async () => {
    const numbers = Array.from({ length: 5000 }, (_, n) => n)
    const name = fresh()
    expect(await from(numbers).pipe(durable(natsQueue(address, { name }), { name })).to(toArray()).run()).toEqual(numbers)
    expect(await natsQueue(address, { name }).stats()).toEqual({ ready: 0, leased: 0, dead: 0, sealed: true })
  })

  it('D11: a run that was stopped leaves what is in the queue to the next one', async () => {
    const name = fresh()
    const joint = { name, until: 'sealed' } as const
    await range(0, 2000).to(toDurable(natsQueue(address, { name }), joint)).run()
    const seen: number[] = []
    const make = () => fromDurable<number>(natsQueue(address, { name }), joint).to(forEach(async (n) => { await sleep(1); seen.push(n) }, { concurrency: 10 }))
    const run = make().run()
    while (seen.length < 100) await sleep(5)
    await run.stop()
    expect(seen.length).toBeLessThan(2000)
    await make().run()
    expect([...seen].sort((a, b) => a - b)).toEqual(Array.from({ length: 2000 }, (_, n) => n))
  })
})
