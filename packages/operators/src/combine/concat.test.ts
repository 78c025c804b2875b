import { expect, it } from 'vitest'
import { defer, toArray, type Pullable } from '@sluice/core'
import { underLaw } from '../../test/under-law'
import { concat } from './concat'

underLaw('concat', {
  'the source alone': { make: () => (source) => concat(source), reference: (values) => [...values] },
  'an empty source behind it': { make: () => (source) => concat(source, []), reference: (values) => [...values] },
})

it('opens each source when the one before has ended', async () => {
  const opened: string[] = []
  const named = (name: string): Pullable<string> => defer(() => { opened.push(name); return [name] })
  const read = concat(named('a'), named('b'))[Symbol.asyncIterator]()
  expect([await read.next(), opened]).toEqual([{ done: false, value: 'a' }, ['a']])
  expect([await read.next(), opened]).toEqual([{ done: false, value: 'b' }, ['a', 'b']])
  expect(await concat().to(toArray()).run()).toEqual([])
  expect(() => concat([1], null as unknown as Pullable<number>)).toThrow('concat: inputs[1] must be an iterable')
})
