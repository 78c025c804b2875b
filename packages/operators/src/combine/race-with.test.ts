import { expect, it } from 'vitest'
import { empty, failing, forEach, from, never, toArray } from '@sluice/core'
import { manualSink, manualSource, settle, trackedSource } from '@sluice/testing'
import { underLaw } from '../../test/under-law'
import { raceWith } from './race-with'

underLaw('raceWith', {
  'nothing': { make: () => raceWith(), reference: (values) => [...values] },
  'sources that never give anything': { make: () => raceWith(never(), never()), reference: (values) => [...values] },
})

it('closes the losers when the first value comes', async () => {
  const [a, b, c] = [manualSource<string>(), manualSource<string>(), manualSource<string>()]
  const probe = manualSink<string>()
  a.source.pipe(raceWith(b.source, c.source)).to(probe.sink).run()
  probe.request(10)
  await probe.expectNoEvent()
  b.emit('b1')
  a.emit('a1')
  await probe.expectNext('a1')
  expect([a.closeCount, b.closeCount, c.closeCount]).toEqual([0, 1, 1])
  expect([a.delivered, b.delivered]).toEqual([1, 0])
  b.emit('b2')
  a.emit('a2')
  await probe.expectNext('a2')
  a.end()
  await probe.expectEnd()
})

it('lets a source win that ends without a value', async () => {
  const slow = manualSource<number>()
  expect(await slow.source.pipe(raceWith(empty())).to(toArray()).run()).toEqual([])
  expect(slow.closeCount).toBe(1)
})

it('fails with the source that fails first', async () => {
  const boom = new Error('boom')
  const slow = manualSource<number>()
  await expect(slow.source.pipe(raceWith(failing(boom))).to(toArray()).run()).rejects.toBe(boom)
  expect(slow.closeCount).toBe(1)
})

it('delivers what the winner gave before it failed', async () => {
  const boom = new Error('boom')
  const seen: number[] = []
  const winner = (async function* () { yield 1; yield 2; throw boom })()
  await expect(never().pipe(raceWith(winner)).to(forEach((n) => { seen.push(n) })).run()).rejects.toBe(boom)
  expect(seen).toEqual([1, 2])
})

it('does not care about a loser that fails when it has lost', async () => {
  let reject: (error: unknown) => void = () => {}
  const loser = new Promise<number>((_, no) => { reject = no })
  const winner = manualSource<number>()
  const run = winner.source.pipe(raceWith(loser)).to(toArray()).run()
  await settle()
  winner.emit(1)
  await settle()
  reject(new Error('too late'))
  await settle()
  winner.end()
  expect(await run).toEqual([1])
})

it('T1: hands on the tickets of the winner', async () => {
  const [winner, loser] = [trackedSource([1, 2]), trackedSource(['a'])]
  expect(await winner.source.pipe(raceWith(loser.source)).to(toArray()).run()).toEqual([1, 2])
  expect([winner.statuses, loser.issued]).toEqual([['ack', 'ack'], 0])
  const late = trackedSource(['a', 'b'])
  expect(await never().pipe(raceWith(from([]).pipe(raceWith(never())), late.source)).to(toArray()).run()).toEqual([])
  expect(await never().pipe(raceWith(late.source)).to(toArray()).run()).toEqual(['a', 'b'])
  expect(late.statuses).toEqual(['ack', 'ack'])
})
