import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { map } from '../transform/map'
import { retryItem } from './retry-item'

underLaw('retryItem', { 'a map': { make: () => retryItem(map((value) => [value]), { times: 1 }), reference: (values) => values.map((value) => [value]) } })

it('tries an item again, in order, after waits that grow', async () => {
  const clock = new VirtualClock()
  const tries = new Map<number, number>()
  const flaky = map((n: number) => {
    const count = (tries.get(n) ?? 0) + 1
    tries.set(n, count)
    if (n === 2 && count < 3) throw new Error('busy')
    return n
  })
  const run = from([1, 2, 3]).pipe(retryItem(flaky, { times: 3, delayMs: 100, jitter: 0 })).to(toArray()).run({ clock })
  await clock.advance(299)
  expect(run.status).toBe('running')
  await clock.advance(1)
  expect(await run).toEqual([1, 2, 3])
})

it('fails with the last error, naming the item and the attempt', async () => {
  const run = from([7]).pipe(retryItem(map(() => { throw new Error('busy') }), { times: 2, delayMs: 0 })).to(toArray()).run()
  await expect(run).rejects.toThrow('busy')
})
