import { expect, it } from 'vitest'
import { settle } from '@sluice/testing'
import { GatheredWake } from './gathered-wake'

/** A stage whose turns are counted; `turn` is the stage's turn after a wake. */
function gathering() {
  const seen = { wakes: 0 }
  const wake = new GatheredWake({ enqueue() {}, dispatch: (call) => { call() }, spent: () => false, batch: 64 }, () => { seen.wakes++ })
  const lone = (times: number): void => {
    for (let i = 0; i < times; i++) {
      wake.settled(16)
      wake.served()
    }
  }
  return { wake, seen, lone }
}

it('wakes once for all calls that settle before the turn', () => {
  const { wake, seen } = gathering()
  for (let i = 0; i < 5; i++) wake.settled(16)
  expect(seen.wakes).toBe(1)
  wake.served()
  wake.settled(16)
  expect(seen.wakes).toBe(2)
})

it('after many turns for one call each, wakes once for all that settle in one turn of the event loop', async () => {
  const { wake, seen, lone } = gathering()
  lone(32)
  expect(seen.wakes).toBe(32)
  for (let i = 0; i < 5; i++) wake.settled(16)
  await Promise.resolve()
  expect(seen.wakes).toBe(32)
  await settle(1)
  expect(seen.wakes).toBe(33)
  wake.served()
  wake.settled(16)
  wake.settled(16)
  await settle(1)
  expect(seen.wakes).toBe(34)
})

it('goes back to microtasks where nothing was gathered, and where few calls run', async () => {
  const { wake, seen, lone } = gathering()
  lone(32)
  wake.settled(16)
  await settle(1)
  expect(seen.wakes).toBe(33)
  wake.served()
  wake.settled(16)
  expect(seen.wakes).toBe(34)
  wake.served()
  lone(40)
  wake.settled(7)
  const { wakes } = seen
  wake.served()
  wake.settled(7)
  expect(seen.wakes).toBe(wakes + 1)
})

it('the last call is not waited with', () => {
  const { wake, seen, lone } = gathering()
  lone(32)
  wake.settled(1)
  wake.settledLast()
  expect(seen.wakes).toBeGreaterThan(32)
})
