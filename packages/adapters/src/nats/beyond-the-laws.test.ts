import { readFileSync } from 'node:fs'
import { afterAll, describe, expect, it } from 'vitest'
import { connect } from '@nats-io/transport-node'
import { forEach, from, OptionError } from '@sluice/core'
import { fromDurable, toDurable } from '@sluice/core/durable'
import { startNats } from '../../test/nats-server'
import { natsQueue } from './index'

const server = await startNats()
const address = server?.address ?? ''
afterAll(() => server?.stop())
let names = 0
const fresh = (): string => `q${names++}`
const forever = new AbortController().signal
const sleep = (ms: number): Promise<void> => new Promise((resolve) => { setTimeout(resolve, ms) })

describe.skipIf(server === undefined)('natsQueue, beyond the laws', () => {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

  it('D31: producers keep their orders in a queue that is full again and again, and nothing is stored behind what was refused', { timeout: 60_000 }, async () => {
    const options = { name: fresh(), capacity: 20 }
    const PRODUCERS = 3
    const EACH = 400
    const fill = async (producer: number): Promise<void> => {
      const queue = natsQueue(address, options)
      await queue.open(forever)
      for (let next = 0; next < EACH;) {
        const items = Array.from({ length: Math.min(40, EACH - next) }, (_, at) => ({ body: bytes(`${producer} ${next + at}`), dedupKey: `${producer}/${next + at}` }))
        const results = (await queue.put(items)).map(({ is }) => is)
        const taken = results.filter((is) => is === 'stored').length
        expect(results).toEqual([...Array.from({ length: taken }, () => 'stored'), ...Array.from({ length: results.length - taken }, () => 'full')])
        next += taken
      }
      await queue.close()
    }
    const queue = natsQueue(address, options)
    await queue.open(forever)
    const filling = Promise.all(Array.from({ length: PRODUCERS }, (_, producer) => fill(producer)))
    const failed = new AbortController()
    filling.catch(() => { failed.abort() })
    const seen: number[][] = Array.from({ length: PRODUCERS }, () => [])
    for (let count = 0; count < PRODUCERS * EACH && !failed.signal.aborted;) {
      const leases = await queue.take(7, 1000, forever)
      await queue.settle(leases, leases.map(() => ({ do: 'ack' })))
      count += leases.length
      for (const { body } of leases) {
        const [producer = 0, n = 0] = new TextDecoder().decode(body).split(' ').map(Number)
        seen[producer]?.push(n)
      }
    }
    await filling
    await queue.close()
    for (const numbers of seen) expect(numbers).toEqual(Array.from({ length: EACH }, (_, n) => n))
  })

  it('a lease that is shorter than the wait for it is not taken for lost', async () => {
    const name = fresh()
    const queue = natsQueue(address, { name, leaseMs: 300 })
    const seen: number[] = []
    const run = fromDurable<number>(queue, { name }).to(forEach((n) => { seen.push(n) })).run()
    // Each comes late in a wait of a second.
    for (let n = 0; n < 3; n++) {
      await sleep(700)
      await from([n]).to(toDurable(natsQueue(address, { name }), { name })).run()
    }
    while (seen.length < 3) await sleep(10)
    await run.stop()
    expect([seen, await queue.stats()]).toEqual([[0, 1, 2], { ready: 0, leased: 0, dead: 0, sealed: false }])
  })

  it('a take that is cut short gives out to nobody what it does not answer', async () => {
    const options = { name: fresh() }
    const [queue, producer] = [natsQueue(address, options), natsQueue(address, options)]
    await queue.open(forever)
    await producer.open(forever)
    let cut = 0
    for (let round = 0; round < 60; round++) {
      const controller = new AbortController()
      const taking = queue.take(1, 5000, controller.signal)
      await sleep(5)
      const putting = producer.put([{ body: bytes(String(round)) }])
      // Now before the item comes, now after it, and now while it does.
      for (let turns = round % 4; turns > 0; turns--) await new Promise((resolve) => { setImmediate(resolve) })
      controller.abort()
      await putting
      const taken = await taking
      if (taken.length === 0) cut++
      const leases = taken.length > 0 ? taken : await queue.take(1, 500, forever)
      expect(leases.map(({ body }) => new TextDecoder().decode(body)), `round ${round}`).toEqual([String(round)])
      await queue.settle(leases, [{ do: 'ack' }])
    }
    expect(cut).toBeGreaterThan(0)
    for (const each of [queue, producer]) await each.close()
  })

  it('an open connection stays open, and other programs see the headers that NATS has letters for', async () => {
    const connection = await connect({ servers: address })
    const name = fresh()
    const queue = natsQueue(connection, { name })
    await queue.open(forever)
    const subscription = connection.subscribe(`sluice.items.${name}`)
    await queue.put([{ body: bytes('x'), headers: { traceparent: '00-1-2-03', 'ä b': '→\n' } }])
    for await (const message of subscription) {
      expect([message.headers?.get('traceparent'), message.headers?.get('Sluice-Headers')]).toEqual(['00-1-2-03', '{"\\u00e4 b":"\\u2192\\n"}'])
      break
    }
    const [lease] = await queue.take(1, 1000, forever)
    expect(lease?.headers).toEqual({ traceparent: '00-1-2-03', 'ä b': '→\n' })
    await queue.close()
    expect(connection.isClosed()).toBe(false)
    await connection.close()
  })

  it('what is given has to agree with the streams that are there, and what is not given is as they have it', async () => {
    const name = fresh()
    const first = natsQueue(address, { name, capacity: 5, leaseMs: 1000, dedupMs: 5000 })
    expect(first.known).toMatchObject({ bound: 'exact', dedupMs: 5000 })
    await first.open(forever)
    const plain = natsQueue(address, { name })
    expect(await plain.open(forever)).toMatchObject({ bound: 'exact', dedupMs: 5000, maxBytes: 1024 * 1024 - 16 * 1024, survives: 'process' })
    await plain.put([{ body: bytes('x') }])
    expect((await plain.take(1, 0, forever))[0]?.leaseMs).toBe(1000)
    for (const queue of [first, plain]) await queue.close()
    await expect(natsQueue(address, { name, capacity: 6 }).open(forever)).rejects.toThrow(`natsQueue '${name}': sluice_items_${name} has max_msgs 5, and this program asks for 6. Change the option, or the stream with the tools of NATS`)
    await expect(natsQueue(address, { name, leaseMs: 2000 }).open(forever)).rejects.toThrow('ack_wait in ms 1000, and this program asks for 2000')
    await expect(natsQueue(address, { name, maxBytes: 2_000_000 }).open(forever)).rejects.toThrow('max_payload')
    const durable = natsQueue(address, { name, survives: 'host' })
    const survives = await durable.open(forever).then(async (can) => { await durable.close(); return can.survives }, (error: unknown) => String(error))
    expect(survives, 'as the version of the server is').toMatch(/^host$|needs a server of version 2\.10 or newer/)
    await expect(natsQueue('nats://127.0.0.1:1', { name }).open(forever)).rejects.toThrow()
  })

  it('a stream that is deleted under a queue fails its puts and its takes, and no server is waited for', async () => {
    const name = fresh()
    const queue = natsQueue(address, { name })
    await queue.open(forever)
    const connection = await connect({ servers: address })
    await connection.request(`$JS.API.STREAM.DELETE.sluice_items_${name}`)
    await connection.close()
    await expect(queue.put([{ body: bytes('x') }])).rejects.toMatchObject({ code: 'SLUICE_NATS', message: expect.stringContaining('was deleted') as unknown })
    await expect(queue.take(1, 1000, forever)).rejects.toMatchObject({ code: 'SLUICE_NATS' })
    await queue.close()
  })

  it('dead letters are put back as far as there is room, and a sealed queue stays sealed', async () => {
    const queue = natsQueue(address, { name: fresh(), capacity: 2 })
    await queue.open(forever)
    for (let round = 0; round < 2; round++) {
      await queue.put([{ body: bytes(`a ${round}`) }, { body: bytes(`b ${round}`) }])
      const leases = await queue.take(2, 1000, forever)
      await queue.settle(leases, leases.map(() => ({ do: 'dead', reason: 'böse\nZeilen' })))
    }
    await queue.seal()
    expect((await queue.deadItems?.list())?.map(({ reason }) => reason)).toEqual(Array.from({ length: 4 }, () => 'böse\nZeilen'))
    expect(await queue.deadItems?.redrive()).toBe(2)
    expect(await queue.stats()).toEqual({ ready: 2, leased: 0, dead: 2, sealed: true })
    expect(await queue.deadItems?.purge()).toBe(2)
    await queue.close()
  })

  it('the table in docs/durable.md says what the queue says', async () => {
    const docs = readFileSync(new URL('../../../../docs/durable.md', import.meta.url), 'utf8')
    const told = Object.fromEntries([...(docs.split('## ').find((part) => part.startsWith('What the queues can do')) ?? '').matchAll(/^\| `(\w+)` \| [\w-]+ \| ([\w-]+) \|/gm)].map(([, name, value]) => [name, value]))
    const queue = natsQueue(address, { name: fresh(), capacity: 5 })
    expect(told).toEqual(Object.fromEntries(Object.entries(await queue.open(forever)).map(([name, value]) => [name, String(value)])))
    await queue.close()
  })

  it('keys of any letters are told apart', async () => {
    const queue = natsQueue(address, { name: fresh() })
    await queue.open(forever)
    const keys = ['a b', 'a%20b', 'ä', '%22%C3%A4%22', '\ud800', '\udfff', ' a', 'a\nb', '']
    expect((await queue.put([...keys, ...keys].map((dedupKey) => ({ body: bytes('x'), dedupKey })))).map(({ is }) => is)).toEqual([...keys.map(() => 'stored'), ...keys.map(() => 'duplicate')])
    await queue.close()
  })
})

it('natsQueue refuses what cannot work, by name', async () => {
  expect(() => natsQueue('', { name: 'a' })).toThrow(OptionError)
  expect(() => natsQueue([], { name: 'a' })).toThrow(/server/)
  expect(() => natsQueue('a', {} as never)).toThrow(/name/)
  expect(() => natsQueue('a', { name: 'a.b' })).toThrow(/letters, digits/)
  expect(() => natsQueue('a', { name: 'a', capacity: 0 })).toThrow(/capacity/)
  expect(() => natsQueue('a', { name: 'a', lease: 3 } as never)).toThrow(/unknown option "lease"/)
  expect(() => fromDurable(natsQueue('a', { name: 'a' }), { name: 'a', key: () => 'k' })).toThrow(`fromDurable: the option 'key' asks for order "per-key", and the queue 'a' has "until-redelivery"`)
  await expect(natsQueue('a', { name: 'a' }).put([])).rejects.toThrow('open() it first')
})
