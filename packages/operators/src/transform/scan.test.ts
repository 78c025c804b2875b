import { expect, it } from 'vitest'
import { from, toArray } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { scan } from './scan'

const sums = (values: readonly unknown[]): unknown[] => {
  let text = ''
  return values.map((value) => (text = `${text.slice(-20)}${String(value)}`))
}

underLaw('scan', {
  'a text': {
    make: () => scan((text, value) => `${text.slice(-20)}${String(value)}`, ''),
    reference: sums,
    withProbe: (probe) => scan((text, value) => { probe(value); return `${text.slice(-20)}${String(value)}` }, ''),
  },
})

it('O6: a skipped value leaves the state as it was', async () => {
  const add = (sum: number, n: number): number => {
    if (n === 2) throw new Error('two')
    return sum + n
  }
  expect(await from([1, 2, 3]).pipe(scan(add, 0, { onError: 'skip' })).to(toArray()).run()).toEqual([1, 4])
})

it('O13: refuses what is no function', () => {
  expect(() => scan(5 as never, 0)).toThrow('scan: accumulate must be a function, got 5')
})
