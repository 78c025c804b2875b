import { expect, it } from 'vitest'
import { drain, OptionError, range, retry, toArray } from '@sluice/core'
import { VirtualClock } from '@sluice/testing'
import { later, underLaw } from '../../test/under-law'
import { tapAsync } from './tap-async'

underLaw('tapAsync', {
  'concurrency 1, capacity 0': {
    make: () => tapAsync(later, { concurrency: 1, capacity: 0 }), reference: (values) => [...values], ahead: 1,
    withProbe: (probe) => tapAsync(async (value) => { probe(value) }, { concurrency: 1, capacity: 0 }),
  },
  'concurrency 3': {
    make: () => tapAsync(later, { concurrency: 3 }), reference: (values) => [...values], ahead: 6,
    withProbe: (probe) => tapAsync(async (value) => { probe(await later(value)) }, { concurrency: 3 }),
  },
})

it('hands a value on only when its promise has settled', async () => {
  const clock = new VirtualClock()
  const out: number[] = []
  const run = range(1, 2).pipe(tapAsync(() => clock.sleep(10), { concurrency: 1 }), tapAsync((n) => { out.push(n) }, { concurrency: 1 })).to(drain()).run({ clock })
  await clock.advance(9)
  expect(out).toEqual([])
  await clock.advance(1)
  expect(out).toEqual([1])
  await clock.runOut(run)
})

it('gives each call its attempt, and tries again where onError says so', async () => {
  const attempts: number[] = []
  const look = async (_: number, { attempt }: { attempt: number }): Promise<void> => {
    attempts.push(attempt)
    if (attempt < 3) throw new Error('again')
  }
  expect(await range(1, 1).pipe(tapAsync(look, { concurrency: 1, onError: retry({ times: 2, delayMs: 0 }) })).to(toArray()).run()).toEqual([1])
  expect(attempts).toEqual([1, 2, 3])
})

it('says which option is wrong', () => {
  expect(() => tapAsync('x' as never, { concurrency: 1 })).toThrow('tapAsync: look must be a function, got "x"')
  expect(() => tapAsync(later, { concurrency: 0 })).toThrow(OptionError)
})
