import { expect, it } from 'vitest'
import { from, toArray, type Pullable } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { combineLatest } from './combine-latest'

underLaw('combineLatest', {
  'an array': { make: () => (source) => combineLatest([source, ['a']]), reference: (values) => values.map((value) => [value, 'a']), ahead: 1 },
  'an object': { make: () => (source) => combineLatest({ source, other: ['a'] }), reference: (values) => values.map((value) => ({ source: value, other: 'a' })), ahead: 1 },
})

it('makes tuples of an array and objects of an object', async () => {
  expect(await combineLatest([]).to(toArray()).run()).toEqual([])
  const odd = await combineLatest(JSON.parse('{"__proto__":[1],"b":[2]}') as Record<string, number[]>).to(toArray()).run()
  expect(odd.map((value) => Object.entries(value as object))).toEqual([[['__proto__', 1], ['b', 2]]])
})

it('names the input that is no source, and refuses a source in the place of the list', () => {
  expect(() => combineLatest([[1], 5 as unknown as Pullable<number>])).toThrow('combineLatest: inputs[1] must be an iterable')
  expect(() => combineLatest({ a: 5 as unknown as Pullable<number> })).toThrow('combineLatest: inputs.a must be an iterable')
  expect(() => combineLatest(from([1]) as never)).toThrow('combineLatest: inputs must be an array or an object of what `from` takes')
})
