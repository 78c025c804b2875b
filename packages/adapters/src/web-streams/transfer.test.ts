// What is made here are streams of the platform, so they cross into another realm as these do: here through a port.
import { describe, expect, it } from 'vitest'
import { range, toArray, type Source } from '@sluice/core'
import { asTransform, asWritable, fromReadable, toReadable } from '@sluice/adapters/web-streams'
import { map, take, tap } from '@sluice/operators'
import { manualSource, settle } from '@sluice/testing'
import { readableOf } from '../../test/readable-of'

/** Hands streams over to whoever listens on the other port, as to a worker. */
function handedOver<S extends object>(...streams: S[]): Promise<S[]> {
  const { port1, port2 } = new MessageChannel()
  return new Promise((resolve) => {
    port2.addEventListener('message', (event) => {
      resolve((event as unknown as { readonly data: S[] }).data)
      port1.close()
    })
    port2.start()
    port1.postMessage(streams, streams as never)
  })
}

describe('streams of pipelines in another realm', () => {
  it('A1: toReadable is read there', async () => {
    const readable = toReadable(range(0, 50))
    const [there] = await handedOver(readable)
    expect(readable.locked).toBe(true)
    expect(await fromReadable(there as ReadableStream<number>).to(toArray()).run()).toEqual(Array.from({ length: 50 }, (_, i) => i))
  })

  it('A2: behind a reader there that has stopped little is read ahead', async () => {
    let made = 0
    const [there] = await handedOver(toReadable(range(0).pipe(tap(() => { made++ }))))
    const reader = (there as ReadableStream<number>).getReader()
    expect(await reader.read()).toEqual({ done: false, value: 0 })
    await settle(50)
    expect(made).toBeLessThan(10)
    await reader.cancel(new Error('enough'))
  })

  it('A4: who wants no more there ends the run here', async () => {
    const probe = manualSource<number>()
    const [there] = await handedOver(toReadable(probe.source))
    const reading = fromReadable(there as ReadableStream<number>).pipe(take(2)).to(toArray()).run()
    probe.emit(1, 2, 3)
    expect(await reading).toEqual([1, 2])
    for (let turns = 0; probe.closeCount === 0 && turns < 200; turns++) await settle(1)
    expect(probe.closeCount).toBe(1)
  })

  it('A1: asWritable is written there', async () => {
    const { writable, run } = asWritable((source: Source<number>) => source.pipe(map((n) => n * 2)).to(toArray()))
    const [there] = await handedOver(writable)
    await readableOf([1, 2, 3]).pipeTo(there as WritableStream<number>)
    expect(await run).toEqual([2, 4, 6])
  })

  it('A1: both sides of asTransform', async () => {
    const { readable, writable } = asTransform(map((n: number) => n + 1))
    const [input, output] = (await handedOver<object>(writable, readable)) as [WritableStream<number>, ReadableStream<number>]
    const written = readableOf([1, 2, 3]).pipeTo(input)
    expect(await fromReadable(output).to(toArray()).run()).toEqual([2, 3, 4])
    await written
  })
})
